import { endsScalar, endsValue, skipSpace } from "../skip-json.ts";
import { position, unusual } from "./text-position.ts";

/** What a text has behind its first value: an error, or nothing to look at. */
export type Trailing = "reject" | "ignore";

/** Checks that the value which ended at {@link position} is all of the text that counts. */
export function checkWhole(b: Buffer, trailing: Trailing): void {
  if (trailing === "reject") {
    if (skipSpace(b, position) !== b.length) unusual();
  } else if (!endsScalar(b[position]) && !endsValue(b[position - 1])) {
    unusual();
  }
}
