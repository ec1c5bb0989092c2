import { createHash } from "node:crypto";
import type { PolicyCall } from "grpc-transcoding";
import { read } from "../option/read.ts";
import { clientNetwork } from "./client-address.ts";

/** What tells the buckets of a limit apart. */
export type LimitBy =
  /** The tenant, by the gateway's option `tenant`. */
  | "tenant"
  /** The header `x-api-key`. */
  | "apiKey"
  /** Who is calling: the identity that a policy has set, or `request.user`; of an object its `sub`. */
  | "user"
  /** The client's address; of IPv6 its /64 network. */
  | "ip"
  /** The method: each has a bucket of its own. */
  | "method"
  /** A request header; lower case. */
  | { readonly header: string }
  /** A claim of who is calling: a member of the identity, or of `request.user`. */
  | { readonly claim: string };

/** What a call has of a key; undefined where it has none. */
type ReadKey = (call: PolicyCall) => string | undefined;

/** One part of a key. */
interface KeyPart {
  readonly read: ReadKey;
  /** Whether only hashes of its values are kept. */
  readonly isSecret: boolean;
  /** A value in the form that calls have it in; as it is, where that is left out. */
  readonly canonical?: (value: string) => string;
}

const named: Readonly<Record<string, KeyPart>> = {
  tenant: { read: ({ tenant }) => tenant, isSecret: false },
  apiKey: { read: headerReader("x-api-key"), isSecret: true },
  user: { read: (call) => userName(whoCalls(call)), isSecret: false },
  ip: { read: networkOf, isSecret: false, canonical: clientNetwork },
  method: { read: ({ method }) => method?.path, isSecret: false },
};

/** The key of a limit, as calls have it. */
export interface LimitKey {
  /** How many parts it has; one can be named. */
  readonly parts: number;
  /** As clients and configurations name it; undefined for calls without, and for keys of several parts. */
  readonly name: ReadKey;
  /** A name in the form that calls have it in: an address is its network. */
  readonly canonical: (name: string) => string;
  /** As stores have it: bounded, secrets hashed; `""` for calls without. */
  readonly stored: (call: PolicyCall) => string;
  /** The same for a key by its name. */
  readonly storedName: (name: string) => string;
  readonly usesAddress: boolean;
}

/** Compiles `by`, one or several; none of them is one bucket for all. Throws FST_GRPC_POLICIES_OPTION. */
export function readLimitKey(value: unknown, path: string): LimitKey {
  const parts = Array.isArray(value)
    ? value.map((one, at) => readPart(one, `${path}[${at}]`))
    : [readPart(value, path)];
  const usesAddress = parts.some(({ read: readOne }) => readOne === networkOf);
  const [first, second] = parts;
  if (first !== undefined && second === undefined) return { ...keyOfPart(first), usesAddress };
  return {
    parts: parts.length,
    name: () => undefined,
    canonical: (name) => name,
    // Escaped, so that no two lists of values make one key.
    stored: (call) =>
      bounded(parts.map((part) => escaped(storedPart(part, part.read(call)))).join("|")),
    storedName: first === undefined ? () => "" : bounded,
    usesAddress,
  };
}

function keyOfPart(part: KeyPart): Omit<LimitKey, "usesAddress"> {
  const canonical = part.canonical ?? ((name: string) => name);
  return {
    parts: 1,
    name: part.read,
    canonical,
    stored: (call) => storedPart(part, part.read(call)),
    storedName: (name) => storedPart(part, canonical(name)),
  };
}

// RFC 9110 section 5.6.2; any other name no request has, and all calls would share one bucket.
const headerName = /^[!#$%&'*+\-.^_`|~\w]+$/;

function readPart(value: unknown, path: string): KeyPart {
  if (typeof value === "string" && Object.hasOwn(named, value)) return named[value] as KeyPart;
  if (typeof value !== "object" || value === null) {
    throw read.refusal(
      path,
      value,
      `use one of ${Object.keys(named).join(", ")}, { header: "x-plan" }, { claim: "org" }, or a list of them`,
    );
  }
  const { header, claim } = read.object(value, path, ["header", "claim"]);
  if ((header === undefined) === (claim === undefined)) {
    throw read.refusal(path, value, "name a header or a claim");
  }
  if (header !== undefined) {
    if (typeof header !== "string" || !headerName.test(header)) {
      throw read.refusal(`${path}.header`, header, 'give the name of a header, as "x-plan"');
    }
    return { read: headerReader(header.toLowerCase()), isSecret: true };
  }
  const name = read.text(claim, `${path}.claim`);
  return { read: (call) => memberOf(whoCalls(call), name), isSecret: false };
}

function headerReader(name: string): ReadKey {
  return ({ headers }) => {
    const value = headers[name];
    return typeof value === "object" ? value.join(",") : value;
  };
}

/** Hooks such as those of @fastify/jwt leave a user on the request; a policy's word is later, so it goes first. */
function whoCalls({ identity, request }: PolicyCall): unknown {
  return identity ?? (request as { readonly user?: unknown } | undefined)?.user;
}

function userName(user: unknown): string | undefined {
  return typeof user === "object" ? memberOf(user, "sub") : scalar(user);
}

function memberOf(user: unknown, name: string): string | undefined {
  if (typeof user !== "object" || user === null || !Object.hasOwn(user, name)) return undefined;
  return scalar((user as Record<string, unknown>)[name]);
}

function scalar(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** As Fastify's `trustProxy` has it where there is a request; else the other end of the connection. */
function networkOf({ request, peer }: PolicyCall): string {
  const { ip } = (request ?? {}) as { readonly ip?: unknown };
  return clientNetwork(typeof ip === "string" ? ip : peer);
}

function escaped(part: string): string {
  return part.replaceAll(/[%|]/g, encodeURIComponent);
}

function storedPart({ isSecret }: KeyPart, value: string | undefined): string {
  if (value === undefined || value === "") return "";
  return isSecret ? hash(value) : bounded(value);
}

const maxLength = 128;

/** Clients choose keys, so their length is bounded. */
function bounded(key: string): string {
  return key.length > maxLength ? hash(key) : key;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
