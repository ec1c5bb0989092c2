import { pathText } from "../field-path-text.ts";
import type { JsonViolation } from "../json-codec.ts";
import { UnexpectedValue } from "./unexpected-value.ts";

/**
 * Writes a value at `p` of the output buffer, where {@link room} bytes are free, and returns the
 * position behind it. Throws {@link UnexpectedValue}.
 */
export type Write = (p: number, value: unknown, depth: number) => number;

/** What a {@link Write} returns instead of a position for an unknown enum name that is to be ignored. */
export const leftOut = -1;

/** A compiled writer with its slow twin, which runs after a failure to say everything that is wrong. */
export interface ValueWriter {
  readonly write: Write;
  /** Adds a violation for each thing wrong with the value; `path` is made of steps. */
  diagnose(value: unknown, path: string, violations: Violations, depth: number): void;
}

const maxViolations = 20;

/** Collects what is wrong with one input, up to 20 violations. */
export class Violations {
  readonly list: JsonViolation[] = [];

  get full(): boolean {
    return this.list.length >= maxViolations;
  }

  add(path: string, description: string): void {
    if (!this.full) this.list.push({ path: pathText(path), description });
  }

  /** Adds what `attempt` throws, if it throws {@link UnexpectedValue}. */
  catch(path: string, attempt: () => unknown): void {
    try {
      attempt();
    } catch (error) {
      if (!(error instanceof UnexpectedValue)) throw error;
      this.add(path, error.message);
    }
  }
}

/** A writer of values without parts of their own: its failure is the whole diagnosis. */
export function leafWriter(write: Write): ValueWriter {
  return {
    write,
    diagnose(value, path, violations, depth) {
      violations.catch(path, () => write(0, value, depth));
    },
  };
}
