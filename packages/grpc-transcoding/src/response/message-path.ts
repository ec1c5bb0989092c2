import type { JsonCodec } from "../json/json-codec.ts";
import type { PathTemplate } from "../model/path-template.ts";
import type { MessageTemplate } from "../model/rest-rule.ts";
import { compileFieldText } from "./field-text.ts";

/**
 * Compiles a path of a message's fields: `"/v1/{name=shelves/*}"`. The result is undefined where a field is not set, or
 * is not what its variable matches. Segments that are empty or dots never are: the path would lead to another host or place.
 */
export function compileMessagePath(
  { template, fields }: MessageTemplate,
  codec: Pick<JsonCodec, "fieldToJson">,
): (bytes: Uint8Array) => string | undefined {
  const { segments, variables, verb } = template;
  const texts = fields.map((field) => compileFieldText(field, codec));
  const literals = segments.map((segment) =>
    segment.kind === "literal" ? encodeURIComponent(segment.value) : undefined,
  );
  const suffix = verb === "" ? "" : `:${encodeURIComponent(verb)}`;

  return (bytes) => {
    const path: (string | undefined)[] = [...literals];
    for (const [i, { start, end, multiSegment }] of variables.entries()) {
      const text = texts[i]?.(bytes) ?? "";
      if (text === "") return undefined;
      const parts = multiSegment ? text.split("/") : [text];
      if (!fits(parts, segments.slice(start, end))) return undefined;
      path.fill(undefined, start, end);
      path[start] = parts.map(encodeURIComponent).join("/");
    }
    return `/${path.filter((part) => part !== undefined).join("/")}${suffix}`;
  };
}

function fits(parts: readonly string[], segments: PathTemplate["segments"]): boolean {
  const deepAt = segments.findIndex(({ kind }) => kind === "deep");
  const extra = parts.length - segments.length;
  if (deepAt < 0 ? extra !== 0 : extra < -1) return false;
  return parts.every((part, i) => {
    // Behind a deep wildcard, which takes what the others leave, segments count from the end.
    const isBehind = deepAt >= 0 && i >= deepAt + extra + 1;
    const segment = i < deepAt || deepAt < 0 ? segments[i] : isBehind && segments[i - extra];
    if (segment && segment.kind === "literal") return part === segment.value;
    return part !== "" && part !== "." && part !== "..";
  });
}
