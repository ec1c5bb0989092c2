import { isUtf8 } from "node:buffer";
import { JsonError } from "../json-error.ts";
import { normalText } from "../normal-text.ts";
import { type Diagnosis, diagnose } from "./diagnosis.ts";

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
  const normal = normalText(source);
  if (rejectDuplicates && normal.duplicate !== undefined) {
    throw jsonError("this key is given twice", normal.duplicate);
  }
  return diagnose(() => encode(normal.text === source ? text : Buffer.from(normal.text)));
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
