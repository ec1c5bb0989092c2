/** A message in the making, as `JSON.parse` would give it, by json names. Own properties only. */
export type RequestValue = Record<string, unknown>;

/** Sets an own property, whatever its name: assigning `__proto__` would change the prototype instead. */
export function setOwn(target: RequestValue, key: string, value: unknown): void {
  if (key !== "__proto__") {
    target[key] = value;
    return;
  }
  Object.defineProperty(target, key, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

/** An own property, or undefined. */
export function getOwn(target: RequestValue, key: string): unknown {
  return Object.hasOwn(target, key) ? target[key] : undefined;
}

/** Whether a value is a JSON object: no list, no null. */
export function isObject(value: unknown): value is RequestValue {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
