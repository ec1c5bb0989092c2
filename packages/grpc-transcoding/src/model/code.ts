/** gRPC status codes by name, as in google/rpc/code.proto. */
export const Code = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

/** The name of a gRPC status code, for example `"NOT_FOUND"`. */
export type CodeName = keyof typeof Code;

/** The number of a gRPC status code, 0 to 16. */
export type Code = (typeof Code)[CodeName];

const names = Object.keys(Code) as CodeName[];

/** The name of a status code; a number outside 0 to 16 is `"UNKNOWN"`, as gRPC clients treat it. */
export function codeName(code: number): CodeName {
  return names[code] ?? "UNKNOWN";
}
