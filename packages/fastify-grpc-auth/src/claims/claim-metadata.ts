import type { MetadataChange, StripsKey } from "grpc-transcoding";
import { isDeniedRequestKey } from "grpc-transcoding/internal";
import {
  memberPath,
  readChoice,
  readMap,
  readObject,
  wrongOption,
} from "../option/option-value.ts";
import type { TokenClaims } from "../token/token-claims.ts";
import { type ClaimPath, claimOf, readClaimPath } from "./claim.ts";
import { type ClaimEncoding, claimEncodings, encodeClaim } from "./claim-text.ts";
import { foldedKey, spellingsOf } from "./key-spelling.ts";
import { UnusableClaim } from "./unusable-claim.ts";

/** A claim that a metadata key gets. */
export interface MetadataClaim {
  /** Its name; several are a path into an object: `["realm", "user"]`. */
  readonly claim: string | readonly string[];
  /**
   * `"text"`: a string, number or boolean as it is, printable ASCII. `"percent"`: the same of any characters, all but
   * printable ASCII, blanks and `%` as `%C3%A9`. `"list"`: a list, or a text with blanks between its items, as
   * `a,b`. `"json"`: anything, as JSON in ASCII. Keys that end in `-bin` have the text's UTF-8 bytes.
   * @default "text"
   */
  readonly encoding?: ClaimEncoding;
}

/** Metadata keys by name, with the claims that they get. */
export type ClaimMetadataSettings = Readonly<Record<string, string | MetadataClaim>>;

/** Which claims become metadata. */
export interface ClaimMetadata {
  /** Whether a metadata key is one of them in another spelling, which no client may send. */
  readonly strips: StripsKey;
  /** The metadata of a call; of one without a token none. Throws UnusableClaim for a claim that cannot be sent. */
  changesOf(claims: TokenClaims | undefined): Readonly<Record<string, MetadataChange>>;
}

interface KeyClaim {
  readonly key: string;
  readonly path: ClaimPath;
  readonly encode: (claim: unknown) => string | undefined;
}

/** Compiles the option `metadata`. Throws FST_GRPC_AUTH_*. */
export function readClaimMetadata(value: unknown, path: string): ClaimMetadata {
  const keys = [...readMap(value, path, readKeyClaim).values()];
  const folded = keys.map(({ key }) => foldedKey(key));
  const twice = keys.find(({ key }, at) => folded.indexOf(foldedKey(key)) !== at);
  if (twice !== undefined) {
    throw wrongOption(memberPath(path, twice.key), twice.key, "there is another spelling of it");
  }
  return {
    strips: spellingsOf(folded),
    changesOf(claims) {
      const changes: Record<string, MetadataChange> = {};
      for (const key of keys) changes[key.key] = claims && keyValue(key, claims);
      return changes;
    },
  };
}

function readKeyClaim(value: unknown, path: string, name: string): KeyClaim {
  const key = name.toLowerCase();
  if (!/^[0-9a-z_.-]+$/.test(key) || isDeniedRequestKey(key) || key === "authorization") {
    throw wrongOption(path, name, "it is no metadata key that a claim can have");
  }
  const settings = typeof value === "string" ? { claim: value } : value;
  const { claim, encoding = "text" } = readObject(settings, path, ["claim", "encoding"]);
  const chosen = readChoice(encoding, memberPath(path, "encoding"), claimEncodings);
  return {
    key,
    path: readClaimPath(claim, memberPath(path, "claim")),
    encode: encodeClaim[chosen],
  };
}

// Printable ASCII without blanks at its ends, which HTTP drops: what arrives must be what the token says.
const sendable = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

function keyValue({ key, path, encode }: KeyClaim, claims: TokenClaims): MetadataChange {
  const claim = claimOf(claims, path);
  if (claim === undefined || claim === "") return undefined;
  const text = encode(claim);
  if (text === "") return undefined;
  if (text !== undefined && key.endsWith("-bin")) return Buffer.from(text);
  if (text !== undefined && sendable.test(text)) return text;
  throw new UnusableClaim(path, `it cannot be the value of the metadata key ${key}`);
}
