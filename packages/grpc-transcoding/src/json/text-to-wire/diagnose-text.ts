import { isUtf8 } from "node:buffer";
import { JsonError, type JsonViolation } from "../json-error.ts";
import { normalText } from "../normal-text.ts";
import { diagnose } from "./diagnosis.ts";

/** What is wrong with a text, and its bytes if that is nothing. */
export interface Diagnosis {
  readonly violations: readonly JsonViolation[];
  readonly bytes: Buffer | undefined;
}

/**
 * Reads a text to say all that is wrong with it, by the `encode` that did not take it. If that is nothing, it is
 * right but unusual. Throws a {@link JsonError} for what is not JSON.
 */
export function diagnoseText(
  text: Buffer,
  rejectDuplicates: boolean,
  encode: (text: Buffer) => Buffer | undefined,
): Diagnosis {
  const source = parsedText(text);
  if (rejectDuplicates) {
    const { duplicate: path } = normalText(source);
    if (path !== undefined) throw jsonError("this key is given twice", path);
  }
  const first = diagnose(() => encode(text));
  if (first.isEnded) return first;
  // A key twice, or the type of an Any not in front: as soon as it is met, what was found before does not count.
  const second = diagnose(() => encode(Buffer.from(normalText(source).text)));
  if (second.isEnded) return second;
  throw jsonError("the text has no reading");
}

/** The characters of a JSON text. */
function parsedText(text: Buffer): string {
  if (!isUtf8(text)) throw jsonError("the text is not UTF-8");
  const source = text.toString();
  try {
    JSON.parse(source);
    return source;
  } catch (error) {
    throw error instanceof SyntaxError ? jsonError(error.message) : error;
  }
}

function jsonError(description: string, path = ""): JsonError {
  return new JsonError([{ path, description }]);
}
