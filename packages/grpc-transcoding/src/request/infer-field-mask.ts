import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { JsonCodec } from "../json/json-codec.ts";
import type { HttpBinding } from "../model/schema.ts";
import { isHttpBody } from "../response/http-body.ts";
import type { FieldViolation } from "../status/error-details.ts";
import { createFieldIndex, type FieldIndex } from "./field-index.ts";
import { getOwn, isObject, type RequestValue } from "./request-value.ts";
import { addViolation } from "./violations.ts";
import { isSpecialMessage, isStruct } from "./well-known-message.ts";

// A path repeats the names of all levels above it: without bounds a small body makes a huge mask.
const maxCharacters = 1 << 16;
const maxDepth = 100;

/** Infers the update mask of a PATCH from its body. */
export interface FieldMaskInference {
  readonly mask: DescField;
  /** The paths that the body has set in a request, in proto names and relative to the body's field, sorted. */
  pathsOf(request: RequestValue, violations: FieldViolation[]): readonly string[];
}

/**
 * For a PATCH whose body is one message field of a request with exactly one FieldMask (AIP-134);
 * undefined for all other bindings. As in grpc-gateway, `null` and `{}` count as set, and lists and maps
 * are paths of their own.
 */
export function compileFieldMaskInference(
  { httpMethod, method, body }: HttpBinding,
  codec: JsonCodec,
): FieldMaskInference | undefined {
  if (httpMethod !== "PATCH" || typeof body !== "object" || body.fieldKind !== "message") return;
  const { message } = body;
  if (isSpecialMessage(message) || isHttpBody(message)) return;
  const [mask, second] = method.input.fields.filter(isFieldMask);
  if (mask === undefined || second !== undefined) return;
  const fieldsOf = createFieldIndex();
  const strict = codec.options.unknownFields === "reject";

  return {
    mask,
    pathsOf(request, violations) {
      const value = getOwn(request, body.jsonName);
      const found: FoundPaths = { paths: [], characters: 0, violations, fieldsOf, strict };
      if (isObject(value)) collect(value, message, "", 0, found);
      if (found.characters > maxCharacters) {
        const description = `the body sets too many fields to infer the mask; send ${mask.name}`;
        addViolation(violations, body.name, "OUT_OF_RANGE", description);
      }
      return found.paths.sort();
    },
  };
}

function isFieldMask(field: DescField): boolean {
  return field.fieldKind === "message" && field.message.typeName === "google.protobuf.FieldMask";
}

interface FoundPaths {
  readonly paths: string[];
  characters: number;
  readonly violations: FieldViolation[];
  readonly fieldsOf: (message: DescMessage) => FieldIndex;
  /** The codec refuses unknown names itself, with better words. */
  readonly strict: boolean;
}

function addPath(path: string, found: FoundPaths): void {
  found.characters += path.length;
  if (found.characters <= maxCharacters) found.paths.push(path);
}

function collect(
  value: RequestValue,
  message: DescMessage,
  prefix: string,
  depth: number,
  found: FoundPaths,
): void {
  for (const [key, child] of Object.entries(value)) {
    const field = found.fieldsOf(message).get(key);
    const path = `${prefix}${field?.name ?? key}`;
    if (field === undefined) {
      // In brackets stands an extension, which the codec may know and a mask cannot name.
      if (!found.strict && !key.startsWith("[")) refuseUnknown(path, message, found);
    } else if (field.fieldKind !== "message" || !isObject(child) || depth === maxDepth) {
      addPath(path, found);
    } else if (isStruct(field.message)) {
      collectKeys(child, path, depth + 1, found);
    } else if (isSpecialMessage(field.message) || Object.keys(child).length === 0) {
      addPath(path, found);
    } else {
      collect(child, field.message, `${path}.`, depth + 1, found);
    }
  }
}

/** A mask cannot name it, and the service would never learn that the client meant to change it. */
function refuseUnknown(path: string, message: DescMessage, { violations }: FoundPaths): void {
  const description = `no field of ${message.typeName}, and a field mask must name it`;
  addViolation(violations, path, "INVALID_VALUE", description);
}

/** A Struct's fields are the keys that the client chose. */
function collectKeys(value: RequestValue, path: string, depth: number, found: FoundPaths): void {
  const entries = Object.entries(value);
  if (entries.length === 0) addPath(path, found);
  for (const [key, child] of entries) {
    const childPath = `${path}.${key}`;
    if (isObject(child) && depth < maxDepth) collectKeys(child, childPath, depth + 1, found);
    else addPath(childPath, found);
  }
}

/** A google.protobuf.FieldMask: on the wire its paths are proto names, which its ProtoJSON cannot all spell. */
export function writeFieldMask(paths: readonly string[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const path of paths) writer.tag(1, WireType.LengthDelimited).string(path);
  return writer.finish();
}
