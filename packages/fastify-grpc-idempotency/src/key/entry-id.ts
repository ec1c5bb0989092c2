import { digest } from "./digest.ts";

/** Whose key it is, and of what. */
export interface KeyOwner {
  /** The gateway's name; `""` for hand-written routes. */
  readonly gateway: string;
  readonly tenant: string | undefined;
  readonly principal: string;
  /** `"/package.Service/Method"`, or `"POST /orders"`. */
  readonly method: string;
  readonly key: string;
}

/** The name of a key in stores: bounded, and nothing that a client or a user is called can be read from it. */
export function entryId({ gateway, tenant, principal, method, key }: KeyOwner): string {
  return digest(JSON.stringify([gateway, tenant, principal, method, key]));
}
