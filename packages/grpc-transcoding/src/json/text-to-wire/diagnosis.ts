import { pathText } from "../field-path-text.ts";
import type { JsonViolation } from "../json-error.ts";
import { skipJsonValue } from "../skip-json.ts";
import { UnexpectedValue, unexpected } from "../to-wire/unexpected-value.ts";
import { readValue } from "./read-value.ts";
import { endAt, type Read, unusual } from "./text-position.ts";

/** Whether the text is read to say all that is wrong with it. Otherwise the first mistake ends the reading. */
export let diagnosing = false;

/** What is wrong with a text, and its bytes if that is nothing. */
export interface Diagnosis {
  readonly violations: readonly JsonViolation[];
  readonly bytes: Buffer | undefined;
}

const maxViolations = 20;
const enough = new Error("more violations help nobody");
let violations: JsonViolation[] = [];
/** The steps from the whole to the part that is being read. */
let steps = "";

/** What `run` finds wrong while it reads, up to 20 violations, and what it returns. */
export function diagnose(run: () => Buffer | undefined): Diagnosis {
  diagnosing = true;
  violations = [];
  steps = "";
  try {
    return { bytes: run(), violations };
  } catch (error) {
    if (error !== enough) throw error;
    return { bytes: undefined, violations };
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
    // What is wrong counts for its oneof like what is written. The bytes themselves count no longer.
    return q + 1;
  } finally {
    steps = outer;
  }
}
