import { inspect } from "node:util";
import { FST_GRPC_OPTION } from "../errors.ts";
import { type Check, isObject } from "./checks.ts";

/** Throws FST_GRPC_OPTION unless a check accepts the value. `path` is the option's name, with dots: `json.emit`. */
export function requireOption<T>(path: string, check: Check<T>, value: unknown): T {
  if (check.accepts(value)) return value;
  requireMembers(path, check, value);
  throw badOption(path, check.expected, value);
}

/** The error for a value that an option cannot have. */
function badOption(path: string, expected: string, value: unknown): Error {
  return new FST_GRPC_OPTION(
    `option "${path}" must be ${expected}; got ${found(value).slice(0, 100)}`,
  );
}

/** Throws FST_GRPC_OPTION for what is no object, or has a member of another name. */
export function requireNames(
  path: string,
  known: readonly string[],
  value: unknown,
): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw badOption(path || "options", "an object", value);
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue;
    throw new FST_GRPC_OPTION(
      `unknown option "${memberPath(path, name)}"; known are ${known.join(", ")}`,
    );
  }
  return value;
}

/** The name of a member of an option, or of an option itself where `path` is empty. */
export function memberPath(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/** The error of an object's member says more than one of the object as a whole. */
function requireMembers(path: string, check: Check, value: unknown): void {
  if (check.kind === "anyOf") {
    for (const one of check.checks) requireMembers(path, one, value);
    return;
  }
  if (check.kind === "list" && Array.isArray(value)) {
    value.forEach((entry, index) => {
      if (!check.entry.accepts(entry)) requireMembers(`${path}[${index}]`, check.entry, entry);
    });
    return;
  }
  if (check.kind === "map" && isObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (!check.key.accepts(name)) {
        throw new FST_GRPC_OPTION(
          `a name in option "${path}" must be ${check.key.expected}; got ${JSON.stringify(name).slice(0, 100)}`,
        );
      }
      requireOption(`${path}[${JSON.stringify(name)}]`, check.entry, member);
    }
    return;
  }
  if (check.kind === "shape" && isObject(value)) {
    for (const [name, member] of Object.entries(check.members)) {
      requireOption(memberPath(path, name), member, value[name]);
    }
    for (const [name, member] of Object.entries(check.optional)) {
      if (value[name] !== undefined) requireOption(memberPath(path, name), member, value[name]);
    }
    return;
  }
  if (check.kind === "members" && isObject(value)) {
    requireNames(path, Object.keys(check.members), value);
    for (const [name, member] of Object.entries(check.members)) {
      if (value[name] === undefined && !check.required.includes(name)) continue;
      requireOption(memberPath(path, name), member, value[name]);
    }
    return;
  }
  if (check.kind !== "record" || !isObject(value)) return;
  const { members } = check;
  const [first = ""] = Object.keys(members);
  // Without it the value may be meant as something else.
  if (!(first in value)) return;
  requireNames(path, Object.keys(members), value);
  for (const [name, member] of Object.entries(members)) {
    if (name !== first && value[name] === undefined) continue;
    requireOption(memberPath(path, name), member, value[name]);
  }
}

function found(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) {
    const entries = value
      .slice(0, 10)
      .map((entry) => (Array.isArray(entry) ? "[…]" : found(entry)));
    return `[${entries.join(", ")}]`;
  }
  if (typeof value === "function") return "a function";
  return inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
}
