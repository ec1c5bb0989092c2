import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { parsePathTemplate, type Route } from "grpc-transcoding";

/** An HTTP method and a template as text. */
export type RuleText = readonly [httpMethod: string, template: string];

const file = "../../../packages/grpc-transcoding/test/vectors/googleapis-rules.json.gz";

/** The 7,526 rules of the half of googleapis that the tests route. */
export function readGoogleapis(): RuleText[] {
  const text = gunzipSync(readFileSync(new URL(file, import.meta.url))).toString();
  const { rules } = JSON.parse(text) as {
    rules: Record<string, Record<string, Record<string, Record<string, RuleText[]>>>>;
  };
  return Object.values(rules)
    .flatMap(Object.values)
    .flatMap(Object.values)
    .flatMap((rpcs: Record<string, RuleText[]>) => Object.values(rpcs).flat());
}

/** As many rules as all of googleapis has: the second half is the first under other versions. */
export function allOfGoogleapis(half: readonly RuleText[]): RuleText[] {
  const other = half.map(([method, text]): RuleText => [method, text.replace("/", "/x")]);
  return [...half, ...other].slice(0, 14_286);
}

export function parseRules(rules: readonly RuleText[]): Route[] {
  return rules.map(([httpMethod, text]) => ({ httpMethod, template: parsePathTemplate(text) }));
}

/** A path of a route with resource names of usual length. */
export function pathOf({ template }: Route): string {
  const segments = template.segments.flatMap((segment, index) => {
    if (segment.kind === "literal") return [segment.value];
    return segment.kind === "single" ? [`resource-${index}`] : [`resource-${index}`, "part"];
  });
  return `/${segments.join("/")}${template.verb && `:${template.verb}`}`;
}
