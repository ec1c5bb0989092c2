import type { JsonCodec } from "../json/json-codec.ts";
import type { MessageTemplate } from "../model/rest-rule.ts";
import { compileFieldText } from "./field-text.ts";

/**
 * Compiles a path of a message's fields: `"/v1/{name=shelves/*}"`. The result is undefined where a field is not set, or
 * has not as many segments as its variable.
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
      const isDeep = segments.slice(start, end).some(({ kind }) => kind === "deep");
      if (isDeep ? parts.length < end - start - 1 : parts.length !== end - start) return undefined;
      path.fill(undefined, start, end);
      path[start] = parts.map(encodeURIComponent).join("/");
    }
    return `/${path.filter((part) => part !== undefined).join("/")}${suffix}`;
  };
}
