const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The step of a violation's path into a field or a map entry: `.zipCode`, `["two words"]`. */
export function keyStep(key: string): string {
  return identifier.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** The step into an element: `[3]`. */
export function indexStep(index: number): string {
  return `[${index}]`;
}

/** A path without the dot that its first step may start with. */
export function pathText(steps: string): string {
  return steps.startsWith(".") ? steps.slice(1) : steps;
}
