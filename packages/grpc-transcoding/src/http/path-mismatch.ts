import type { PathTemplate, TemplateSegment } from "../model/path-template.ts";
import { decodeSegment } from "./request-path.ts";
import type { RouteTableOptions } from "./route-table.ts";

/** Where a path leaves a template. */
export interface Mismatch {
  /** How many segments of the path fit the template. */
  readonly matched: number;
  readonly reason: string;
}

/** Why a template does not match a path. The path can be decoded. */
export function describeMismatch(
  { segments, verb }: PathTemplate,
  path: string,
  { emptySegments = false }: Pick<RouteTableOptions, "emptySegments"> = {},
): Mismatch {
  const raw = path === "/" ? [] : path.slice(1).split("/");
  const matched = countMatched(segments, raw, emptySegments);
  const expected = segments[matched];
  const found = raw[matched];
  if (expected?.kind === "deep") {
    const tail = segments
      .slice(matched + 1)
      .map(formatSegment)
      .join("/");
    return {
      matched,
      reason: `the path does not end in ${JSON.stringify(tail + (verb && `:${verb}`))}`,
    };
  }
  if (found === undefined && expected !== undefined) {
    return { matched, reason: `the path ends before ${JSON.stringify(formatSegment(expected))}` };
  }
  if (expected === undefined && found !== undefined) {
    return { matched, reason: `the template ends before ${JSON.stringify(found)}` };
  }
  if (expected === undefined) return { matched, reason: `the verb ":${verb}" is missing` };
  const wanted = JSON.stringify(formatSegment(expected));
  return {
    matched,
    reason: `segment ${matched + 1} is ${JSON.stringify(found)}, expected ${wanted}`,
  };
}

function countMatched(
  segments: readonly TemplateSegment[],
  raw: readonly string[],
  emptySegments: boolean,
): number {
  for (const [index, segment] of segments.entries()) {
    const found = raw[index];
    if (segment.kind === "deep" || found === undefined) return index;
    const fits =
      segment.kind === "single"
        ? emptySegments || found !== ""
        : decodeSegment(found) === segment.value;
    if (!fits) return index;
  }
  return segments.length;
}

function formatSegment(segment: TemplateSegment): string {
  if (segment.kind === "literal") return segment.value;
  return segment.kind === "single" ? "*" : "**";
}
