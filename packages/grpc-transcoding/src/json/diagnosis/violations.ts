import { pathText } from "../field-path-text.ts";
import type { JsonViolation } from "../json-codec.ts";
import { UnexpectedValue } from "../to-wire/unexpected-value.ts";
import type { Write } from "../to-wire/write.ts";

/**
 * Adds a violation for each thing wrong with the value; `path` is made of steps. Returns `leftOut` for a
 * value that is to be ignored.
 */
export type Diagnose = (
  value: unknown,
  path: string,
  violations: Violations,
  depth: number,
) => number | undefined;

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

  /** What `attempt` returns; if it throws {@link UnexpectedValue}, that is added. */
  catch(path: string, attempt: () => number | undefined): number | undefined {
    try {
      return attempt();
    } catch (error) {
      if (!(error instanceof UnexpectedValue)) throw error;
      this.add(path, error.message);
      return undefined;
    }
  }
}

/** The diagnosis of values without parts of their own: whether they can be written. */
export function leafDiagnosis(write: Write): Diagnose {
  return (value, path, violations, depth) => violations.catch(path, () => write(0, value, depth));
}

/** The diagnosis of values with parts. `diagnoseParts` may throw UnexpectedValue for the whole. */
export function partsDiagnosis(
  diagnoseParts: (...parameters: Parameters<Diagnose>) => void,
): Diagnose {
  return (value, path, violations, depth) =>
    violations.catch(path, () => {
      diagnoseParts(value, path, violations, depth);
      return undefined;
    });
}
