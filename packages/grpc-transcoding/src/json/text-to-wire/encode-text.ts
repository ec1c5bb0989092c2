import { forgetView } from "../input-view.ts";
import { acquire, copyOutput, release } from "../output-buffer.ts";
import { skipSpace } from "../skip-json.ts";
import { resetSlots } from "../slots.ts";
import { UnexpectedValue } from "../to-wire/unexpected-value.ts";
import { diagnosing, readPart } from "./diagnosis.ts";
import { forgetDistinct } from "./distinct-text.ts";
import { checkWhole, type Read, type Trailing, Unusual } from "./text-position.ts";

/** JSON text, which is UTF-8, to protobuf bytes; undefined for text that `read` does not take. */
export function encodeText(read: Read, text: Buffer, trailing: Trailing): Buffer | undefined {
  const interrupted = acquire();
  try {
    resetSlots();
    const p = skipSpace(text, 0);
    const end = diagnosing ? readPart("", read, text, p, 0, 1) : read(text, p, 0, 1);
    checkWhole(text, trailing);
    return copyOutput(end);
  } catch (error) {
    if (error instanceof Unusual || (!diagnosing && isMistake(error))) return undefined;
    throw error;
  } finally {
    forgetView();
    forgetDistinct();
    release(interrupted);
  }
}

function isMistake(error: unknown): boolean {
  return error instanceof UnexpectedValue || error instanceof SyntaxError;
}
