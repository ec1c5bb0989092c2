import { createHash } from "node:crypto";
import type { LimitStore } from "./limit-store.ts";

/**
 * A store's buckets for one tenant alone: its limits are others than those of equal names, so that no key of another is its
 * own, nor pushes one of its own out.
 */
export function ownBuckets(store: LimitStore, tenant: string): LimitStore {
  const isPlain = /^[\w.-]{1,64}$/.test(tenant);
  const owner = isPlain ? tenant : `#${createHash("sha256").update(tenant).digest("base64url")}`;
  return {
    // A limit's own name has no slash.
    take: (demands) =>
      store.take(demands.map((demand) => ({ ...demand, limit: `${owner}/${demand.limit}` }))),
  };
}
