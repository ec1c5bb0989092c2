import { pathText } from "../field-path-text.ts";
import type { JsonViolation } from "../json-error.ts";
import { skipJsonValue } from "../skip-json.ts";
import { UnexpectedValue, unexpected } from "../to-wire/unexpected-value.ts";
import type { Read } from "./read.ts";
import { readValue } from "./read-value.ts";
import { endAt, unusual } from "./text-position.ts";

/** Whether the text is read to say all that is wrong with it. Otherwise the first mistake ends the reading. */
export let diagnosing = false;

const maxViolations = 20;
const enough = new Error("more violations help nobody");
let violations: JsonViolation[] = [];
/** The steps from the whole to the part that is being read. */
let steps = "";

/** What `run` finds wrong while it reads, up to 20 violations, and what it returns: undefined if it did not end. */
export function diagnose(run: () => Buffer | undefined): {
  readonly bytes: Buffer | undefined;
  readonly violations: readonly JsonViolation[];
  readonly isEnded: boolean;
} {
  diagnosing = true;
  violations = [];
  steps = "";
  try {
    const bytes = run();
    return { bytes, violations, isEnded: bytes !== undefined };
  } catch (error) {
    if (error !== enough) throw error;
    return { bytes: undefined, violations, isEnded: true };
  } finally {
    diagnosing = false;
  }
}

function note(step: string, description: string): void {
  violations.push({ path: pathText(steps + step), description });
  if (violations.length === maxViolations) throw enough;
}

/** Ends the reading, or notes what is wrong with the part behind `step`. */
export function wrong(step: string, describe: () => string): void {
  if (!diagnosing) unusual();
  note(step, describe());
}

/** Ends the reading of a value that is something else than expected. */
export function mismatch(expectation: string, b: Buffer, p: number): never {
  if (!diagnosing) unusual();
  unexpected(expectation, readValue(b, p));
}

/** Reads the part behind `step`; one that is wrong is noted and passed over. */
export function readPart(
  step: string,
  read: Read,
  b: Buffer,
  p: number,
  q: number,
  depth: number,
): number {
  const outer = steps;
  steps += step;
  try {
    return read(b, p, q, depth);
  } catch (error) {
    if (!(error instanceof UnexpectedValue)) throw error;
    note("", error.message);
    endAt(skipJsonValue(b, p));
    return q;
  } finally {
    steps = outer;
  }
}
