import type { TransportCall } from "grpc-transcoding";
import { read } from "../option/read.ts";

/** What tells calls of one upstream apart. */
export type CallPart = "tenant" | "method";

/** The values of a call's parts; undefined for those that are not told apart. */
export interface CallKey {
  readonly tenant: string | undefined;
  readonly method: string | undefined;
  /** Whether it is that of all who are too many to be told apart. */
  readonly isOverflow?: boolean;
}

/** Reads `by`. Throws FST_GRPC_POLICIES_OPTION. */
export function readCallParts(value: unknown, path: string): readonly CallPart[] {
  return read.list(value, path, (entry, at) => read.choice(entry, at, ["tenant", "method"]));
}

/** The key of a call by its parts. */
export function callKey(parts: readonly CallPart[], { tenant, method }: TransportCall): CallKey {
  return {
    tenant: parts.includes("tenant") ? tenant : undefined,
    method: parts.includes("method") ? method.path : undefined,
  };
}

/** A key as one text: method paths have no line feed. */
export function keyText({ tenant = "", method = "" }: CallKey): string {
  return method === "" ? tenant : `${method}\n${tenant}`;
}

/** The key of those that are too many to be told apart. */
export const overflowKey: CallKey = { tenant: undefined, method: undefined, isOverflow: true };

/** A key as metrics and events have it; a client may name its tenant as it likes, so the overflow has a label of its own. */
export function keyLabels({
  tenant,
  method,
  isOverflow,
}: CallKey): Readonly<Record<string, string>> {
  return {
    ...(tenant && { tenant }),
    ...(method && { method }),
    ...(isOverflow && { overflow: "true" }),
  };
}
