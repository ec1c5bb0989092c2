import { type DescField, ScalarType } from "@bufbuild/protobuf";
import {
  type ContextKey,
  contextKey,
  createJsonCodec,
  type JsonCodec,
  JsonError,
  type MethodSchema,
  type Schema,
} from "grpc-transcoding";
import type { TokenClaims } from "../token/token-claims.ts";
import { type ClaimPath, claimOf, itemsOf } from "./claim.ts";
import { type RequestLayout, type RequestPatch, requestLayout } from "./request-patch.ts";
import { UnusableClaim } from "./unusable-claim.ts";

/** What a call's token does to its requests, from the policy to the interceptor; undefined for nothing. */
export const requestPatch: ContextKey<RequestPatch | undefined> = contextKey<
  RequestPatch | undefined
>("request fields of the token", undefined);

/** Makes the patches of one method's calls. Throws UnusableClaim for a claim that is missing or does not fit its field. */
export type PatchOf = (claims: TokenClaims | undefined) => RequestPatch;

/** Compiles the claims of a method that fill fields of its requests; undefined where there are none. */
export function compileClaimFields(method: MethodSchema, schema: Schema): PatchOf | undefined {
  const { input, auth } = method;
  if (auth.claims.length === 0) return undefined;
  const layout = requestLayout(
    input,
    auth.claims.map(({ field }) => field),
  );
  const encode = codecOf(schema).toWire(input);
  return (claims) => {
    if (claims === undefined) return { layout, fields: new Uint8Array() };
    const message: Record<string, unknown> = {};
    for (const { field, claim } of auth.claims) {
      message[field.jsonName] = fieldValue(field, claims, claim);
    }
    return patch(encode, message, layout, auth.claims[0]?.claim ?? ["sub"]);
  };
}

function patch(
  encode: (value: unknown) => Buffer,
  message: object,
  layout: RequestLayout,
  path: ClaimPath,
): RequestPatch {
  try {
    return { layout, fields: encode(message) };
  } catch (error) {
    if (error instanceof JsonError) throw new UnusableClaim(path, error.message);
    throw error;
  }
}

function fieldValue(field: DescField, claims: TokenClaims, path: ClaimPath): unknown {
  const claim = claimOf(claims, path);
  if (claim === undefined) throw new UnusableClaim(path, "the token does not have it");
  if (field.fieldKind !== "list") return asFieldText(field, claim);
  const isScopes = typeof claim === "string" && path.at(-1) === "scope";
  const items = isScopes ? claim.split(" ") : itemsOf(claim);
  return items.map((item) => asFieldText(field, item));
}

/** An account's number is often a number in tokens and a string in protos. */
function asFieldText(field: DescField, claim: unknown): unknown {
  const isText = field.scalar === ScalarType.STRING;
  return isText && typeof claim === "number" ? String(claim) : claim;
}

const codecs = new WeakMap<Schema, JsonCodec>();

function codecOf(schema: Schema): JsonCodec {
  const codec =
    codecs.get(schema) ??
    createJsonCodec(schema.registry, {
      naming: "json",
      emit: "set",
      enums: "name",
      unknownFields: "reject",
    });
  codecs.set(schema, codec);
  return codec;
}
