import { FST_GRPC_OPTION } from "./errors.ts";

/** The error for a value that an option cannot have. */
export function badOption(option: string, expected: string, value: unknown): Error {
  const found = typeof value === "function" ? "a function" : (JSON.stringify(value) ?? "undefined");
  return new FST_GRPC_OPTION(`option "${option}" must be ${expected}; got ${found.slice(0, 100)}`);
}

/** Throws FST_GRPC_OPTION for what is no object, or has a member that is not known. `path` ends in a dot. */
export function checkNames(options: object, known: readonly string[], path: string): void {
  if (typeof options !== "object" || options === null) {
    throw badOption(path.slice(0, -1) || "options", "an object", options);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new FST_GRPC_OPTION(`unknown option "${path}${name}"; known are ${known.join(", ")}`);
  }
}

/** Whether a value is a list of texts. */
export function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** The value, which must be one of those allowed. */
export function oneOf<T extends string>(option: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw badOption(option, allowed.map((one) => JSON.stringify(one)).join(" or "), value);
}

/** The value, which must be true or false. */
export function boolean(option: string, value: boolean): boolean {
  if (typeof value === "boolean") return value;
  throw badOption(option, "true or false", value);
}

/** The value, which must be a number of bytes; `least` -1 allows that for no limit. */
export function bytes(option: string, value: number, least: -1 | 1): number {
  if (Number.isInteger(value) && (value > 0 || value === least)) return value;
  throw badOption(
    option,
    `a number of bytes above 0${least === -1 ? ", or -1 for no limit" : ""}`,
    value,
  );
}

/**
 * Checks a URL prefix, the one of the option or that of the scope before it. Throws FST_GRPC_OPTION.
 * RFC 3986 unreserved characters only: Fastify's router would read others as a pattern, or never match.
 */
export function checkPrefix(value: string): string {
  const isPath = typeof value === "string" && /^(?:\/[A-Za-z0-9._~-]+)*$/.test(value);
  if (isPath && !value.split("/").some((segment) => segment === "." || segment === "..")) {
    return value;
  }
  throw badOption(
    "prefix",
    'a path such as "/api", of letters, digits and -._~ between slashes',
    value,
  );
}
