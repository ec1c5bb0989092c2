import { randomUUID } from "node:crypto";
import { JsonError } from "./json-codec.ts";

/**
 * Parsed JSON as text again, such that the reader of messages takes it: no key twice, and the `@type` of a
 * google.protobuf.Any in front. Bigints and -0 keep their value, as in the text that they came from.
 */
export function printJson(value: unknown): string {
  let mark = "";
  try {
    const text = JSON.stringify(value, (_key, part: unknown) => {
      if (typeof part === "bigint" || Object.is(part, -0)) {
        // No input has it, since it is random.
        mark ||= randomUUID();
        return `${mark}${typeof part === "bigint" ? part : "-0"}`;
      }
      return typeof part === "object" && part !== null && Object.hasOwn(part, "@type")
        ? { "@type": (part as { "@type": unknown })["@type"], ...part }
        : part;
    });
    return mark === "" ? text : text.replaceAll(new RegExp(`"${mark}([^"]*)"`, "g"), "$1");
  } catch (error) {
    // JSON.stringify recurses.
    if (!(error instanceof RangeError)) throw error;
    throw new JsonError([{ path: "", description: "values are nested too deep" }]);
  }
}
