/** One element of `Accept` or `Accept-Language`: its value in lower case and its weight (RFC 9110 §12.4.2). */
export interface WeightedRange {
  readonly range: string;
  readonly weight: number;
}

/** The elements of a weighted list header; weights that are no number from 0 to 1 count as 0. */
export function parseWeighted(header: string): readonly WeightedRange[] {
  return header.split(",").flatMap((element) => {
    const [range = "", ...parameters] = element.split(";").map((part) => part.trim().toLowerCase());
    if (range === "") return [];
    const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? "1";
    return [
      { range, weight: /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(weight) ? Number(weight) : 0 },
    ];
  });
}
