import { createPublicKey, type KeyObject } from "node:crypto";
import {
  type Members,
  quote,
  readBoolean,
  readChoice,
  readObject,
  readOneOrMore,
  readText,
  wrongOption,
} from "../option/option-value.ts";

/** A key of a JSON Web Key Set (RFC 7517). */
export type JsonWebKeyLike = Readonly<Record<string, unknown>>;

/**
 * Whose tokens are believed, and by which keys: one of `jwksUri`, `keys`, `publicKey` and `secret`. Nothing of it is ever
 * taken from a token.
 */
export interface IssuerSettings {
  /** Where the issuer publishes its keys (RFC 7517). `https`, or `http` to this machine. */
  readonly jwksUri?: string;
  /** Its public keys, or the key set that has them. */
  readonly keys?: readonly JsonWebKeyLike[] | { readonly keys: readonly JsonWebKeyLike[] };
  /** Its public key as PEM. */
  readonly publicKey?: string;
  /** A secret that it shares with this app, for HS256 and its like: at least 32 bytes. */
  readonly secret?: string | Uint8Array;
  /** Whom its tokens are for: one of these must be among a token's `aud`. */
  readonly audience: string | readonly string[];
  /** The algorithms that it signs by. @default those of its kind of key: RS256, PS256, ES256, EdDSA; of a secret HS256 */
  readonly algorithms?: readonly string[];
  /** Whether `jwksUri` may be `http` to another machine: whoever is on the way can then make tokens. @default false */
  readonly insecureHttp?: boolean;
}

/** Where an issuer's keys come from. */
type KeySource =
  | { readonly kind: "remote"; readonly uri: URL }
  | { readonly kind: "set"; readonly keys: readonly JsonWebKeyLike[] }
  | { readonly kind: "key"; readonly key: KeyObject | Uint8Array };

/** One issuer, checked. */
export interface Issuer {
  /** As `iss` has it, to the letter. */
  readonly name: string;
  readonly source: KeySource;
  readonly audience: readonly string[];
  readonly algorithms: readonly string[];
}

const symmetric = ["HS256", "HS384", "HS512"] as const;
const asymmetric = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
] as const;

const usual = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"];

const sources = ["jwksUri", "keys", "publicKey", "secret"] as const;

/** Reads the settings of one issuer. Throws FST_GRPC_AUTH_*. */
export function readIssuer(value: unknown, path: string, name: string): Issuer {
  if (name === "") throw wrongOption(path, name, "name the issuer as the tokens' iss does");
  const given = readObject(value, path, [...sources, "audience", "algorithms", "insecureHttp"]);
  const [kind, ...more] = sources.filter((one) => given[one] !== undefined);
  if (kind === undefined || more.length > 0) {
    throw wrongOption(path, value, `give one of ${sources.join(", ")}`);
  }
  return {
    name,
    source: readSource(kind, given, path),
    audience: readOneOrMore(given.audience, `${path}.audience`, readText),
    algorithms: readAlgorithms(given.algorithms, `${path}.algorithms`, kind === "secret"),
  };
}

/** Of one kind only: a public key must never serve as the secret of an HMAC. */
function readAlgorithms(value: unknown, path: string, isSecret: boolean): readonly string[] {
  if (value === undefined) return isSecret ? ["HS256"] : usual;
  const choices: readonly string[] = isSecret ? symmetric : asymmetric;
  return readOneOrMore(value, path, (entry, at) => readChoice(entry, at, choices));
}

function readSource(kind: (typeof sources)[number], given: Members, path: string): KeySource {
  const at = `${path}.${kind}`;
  const value = given[kind];
  if (kind === "jwksUri") {
    const { insecureHttp = false } = given;
    return readUri(value, at, readBoolean(insecureHttp, `${path}.insecureHttp`));
  }
  if (kind === "keys") return { kind: "set", keys: readKeys(value, at) };
  return { kind: "key", key: kind === "secret" ? readSecret(value, at) : readPem(value, at) };
}

function readUri(value: unknown, path: string, insecureHttp: boolean): KeySource {
  const text = readText(value, path);
  const uri = URL.canParse(text) ? new URL(text) : null;
  const isSafe = uri?.protocol === "https:" || (uri?.protocol === "http:" && isLoopback(uri));
  if (uri !== null && (isSafe || (insecureHttp && uri.protocol === "http:"))) {
    return { kind: "remote", uri };
  }
  throw wrongOption(path, value, "give an https URL; http to another machine needs insecureHttp");
}

function isLoopback({ hostname }: URL): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

function readKeys(value: unknown, path: string): readonly JsonWebKeyLike[] {
  const list: unknown = Array.isArray(value) ? value : Object(value).keys;
  const isKeys = Array.isArray(list) && list.length > 0 && list.every(isPublicJwk);
  if (isKeys) return list;
  throw wrongOption(path, "(keys)", "give public keys as JSON Web Keys, or { keys: [...] }");
}

function isPublicJwk(key: unknown): boolean {
  const { kty, d } = Object(key) as JsonWebKeyLike;
  return typeof kty === "string" && kty !== "oct" && d === undefined;
}

function readPem(value: unknown, path: string): KeyObject {
  try {
    return createPublicKey(readText(value, path));
  } catch (error) {
    throw wrongOption(path, "(a key)", `give a public key as PEM (${(error as Error).message})`);
  }
}

// RFC 7518, section 3.2: as long as the hash.
const leastSecret = 32;

function readSecret(value: unknown, path: string): Uint8Array {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  if (bytes instanceof Uint8Array && bytes.length >= leastSecret) return bytes;
  const what = bytes instanceof Uint8Array ? `${bytes.length} bytes long` : quote(typeof value);
  throw wrongOption(path, what, `give at least ${leastSecret} bytes, which nobody can guess`);
}
