import type { CryptoKey, FlattenedJWSInput, JWSHeaderParameters, JWTVerifyGetKey } from "jose";
import type { Issuer } from "./issuer-settings.ts";
import type { Jose } from "./load-jose.ts";
import { type KeySet, RemoteKeys } from "./remote-keys.ts";

/** A key for jose, or the function that finds it. */
export type IssuerKey = Parameters<Jose["jwtVerify"]>[1] | JWTVerifyGetKey;

/** What is told of an issuer's keys. */
export interface IssuerKeysListener {
  /** Tokens that were good may be so no more. */
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
}

/** How the keys of an issuer are found: by its configuration alone. Of a token's header only `alg` and `kid` are read. */
export function issuerKeys(
  jose: Jose,
  { source, name }: Issuer,
  { onChange, onError }: IssuerKeysListener,
): IssuerKey {
  if (source.kind === "key") return source.key;
  if (source.kind === "set") return jose.createLocalJWKSet({ keys: [...source.keys] } as never);
  let hadKeys = false;
  const sets = new WeakMap<KeySet, JWTVerifyGetKey>();
  const remote = new RemoteKeys(source.uri, {
    onChange() {
      if (hadKeys) onChange();
      hadKeys = true;
    },
    onError: (error) => onError(new Error(`the keys of ${name}`, { cause: error })),
  });
  const find = (
    set: KeySet,
    header: JWSHeaderParameters,
    token: FlattenedJWSInput,
  ): Promise<CryptoKey> => {
    const known = sets.get(set) ?? jose.createLocalJWKSet(set as never);
    sets.set(set, known);
    return known(header as never, token) as Promise<CryptoKey>;
  };
  return async ({ alg, kid }, token) => {
    const header = { alg, ...(kid !== undefined && { kid }) };
    const set = await remote.current();
    try {
      return await find(set, header, token);
    } catch (error) {
      if (!(error instanceof jose.errors.JWKSNoMatchingKey)) throw error;
      const newer = await remote.newer(set);
      if (newer === undefined) throw error;
      return await find(newer, header, token);
    }
  };
}
