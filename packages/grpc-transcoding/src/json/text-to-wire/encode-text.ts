import { isUtf8 } from "node:buffer";
import { forgetView } from "../input-view.ts";
import { JsonError } from "../json-codec.ts";
import { acquire, copyOutput, release } from "../output-buffer.ts";
import { resetSlots } from "../slots.ts";
import { checkPrototype } from "../to-wire/prototype-pollution.ts";
import { UnexpectedValue } from "../to-wire/unexpected-value.ts";
import type { Read } from "./field-reader.ts";
import { position, skipSpace, Unusual } from "./text-position.ts";

/** JSON text to protobuf bytes without JavaScript values in between; undefined for text that `read` does not take. */
export function encodeText(read: Read, text: Buffer): Buffer | undefined {
  if (!isUtf8(text)) return undefined;
  const interrupted = acquire();
  try {
    checkPrototype();
    resetSlots();
    const end = read(text, skipSpace(text, 0), 0, 1);
    return skipSpace(text, position) === text.length ? copyOutput(end) : undefined;
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  } finally {
    forgetView();
    release(interrupted);
  }
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof Unusual ||
    error instanceof UnexpectedValue ||
    error instanceof JsonError ||
    error instanceof SyntaxError
  );
}
