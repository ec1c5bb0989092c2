import { type Policy, refuse } from "fastify-grpc-gateway";

/** Whose the keys are; they stand for tokens that name a tenant. */
const owners: ReadonlyMap<string, string> = new Map([
  ["key-of-pay-core", "pay-core"],
  ["key-of-risk-engine", "risk-engine"],
]);

const unknown = refuse("UNAUTHENTICATED", "Nobody has this key.");
const foreign = refuse("PERMISSION_DENIED", "The key is another tenant's.");

/**
 * A policy that tenants name as `own-key`: a key confirms the tenant that a request names, and never selects one. Without
 * a key anybody may call, so that the demo can be tried.
 */
export const ownKey: Policy = ({ headers, tenant }) => {
  const key = headers["x-tenant-key"];
  if (key === undefined) return undefined;
  const owner = owners.get(String(key));
  if (owner === undefined) return unknown;
  return owner === tenant ? { identity: owner } : foreign;
};
