import { normalText } from "../normal-text.ts";
import { skipJsonValue } from "../skip-json.ts";
import { type Read, unusual } from "./text-position.ts";

let checked: Buffer | undefined;
let checkedEnd = 0;

/**
 * Looks for equal keys anywhere in a value whose keys are no fields, before it is read. Each part of a
 * text is looked at once, by the outermost such value.
 */
export function distinctReader(read: Read): Read {
  return function readDistinct(b, p, q, depth) {
    if (b !== checked || p >= checkedEnd) {
      const end = skipJsonValue(b, p);
      if (normalText(b.toString("utf8", p, end)).duplicate !== undefined) unusual();
      checked = b;
      checkedEnd = end;
    }
    return read(b, p, q, depth);
  };
}

/** Lets go of the last text. */
export function forgetDistinct(): void {
  checked = undefined;
}
