import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { JsonCodec } from "../json/json-codec.ts";
import type { InferredMask } from "../json/request-layout.ts";
import {
  extensionKey,
  objectEnd,
  objectStart,
  StructKeys,
  type TrailStep,
} from "../json/text-to-wire/key-trail.ts";
import { isSpecialMessage, isStruct } from "../json/well-known/special-messages.ts";
import type { HttpBinding } from "../model/schema.ts";
import { isHttpBody } from "../response/http-body.ts";
import type { FieldViolation } from "../status/error-details.ts";
import { createFieldIndex, type FieldIndex } from "./field-index.ts";
import { getOwn, isObject, type RequestValue } from "./request-value.ts";
import { addViolation } from "./violations.ts";

// A path repeats the names of all levels above it: without bounds a small body makes a huge mask.
const maxCharacters = 1 << 16;
const maxDepth = 100;

/** Infers the update mask of a PATCH from its body. */
export interface FieldMaskInference extends InferredMask {
  /** As {@link InferredMask.pathsOf}, of the keys of a request's values. Adds what no mask can name. */
  pathsOfValue(request: RequestValue, violations: FieldViolation[]): readonly string[];
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
  const [field, second] = method.input.fields.filter(isFieldMask);
  if (field === undefined || second !== undefined) return;
  const fieldsOf = createFieldIndex();
  const strict = codec.options.unknownFields === "reject";

  return {
    field,
    pathsOf,
    pathsOfValue(request, violations) {
      const value = getOwn(request, body.jsonName);
      const keys: KeysOfValue = { steps: [], violations, fieldsOf, strict };
      if (isObject(value)) addKeys(value, message, "", 0, keys);
      const paths = pathsOf(keys.steps);
      if (paths !== undefined) return paths;
      const description = `the body sets too many fields to infer the mask; send ${field.name}`;
      addViolation(violations, body.name, "OUT_OF_RANGE", description);
      return [];
    },
  };
}

function isFieldMask(field: DescField): field is FieldMaskInference["field"] {
  return field.fieldKind === "message" && field.message.typeName === "google.protobuf.FieldMask";
}

interface KeysOfValue {
  readonly steps: TrailStep[];
  readonly violations: FieldViolation[];
  readonly fieldsOf: (message: DescMessage) => FieldIndex;
  /** The codec refuses unknown names itself, with better words. */
  readonly strict: boolean;
}

/** Adds the trail that the reader of the value's text would leave. */
function addKeys(
  value: RequestValue,
  message: DescMessage,
  prefix: string,
  depth: number,
  keys: KeysOfValue,
): void {
  const { steps } = keys;
  steps.push(objectStart);
  for (const [key, child] of Object.entries(value)) {
    const field = keys.fieldsOf(message).get(key);
    if (field === undefined) {
      // In brackets stands an extension, which the codec may know.
      if (key.startsWith("[")) steps.push(extensionKey);
      else if (!keys.strict) refuseUnknown(`${prefix}${key}`, message, keys);
      continue;
    }
    steps.push(field);
    if (field.fieldKind !== "message" || !isObject(child) || depth === maxDepth) continue;
    if (isStruct(field.message)) {
      steps.push(new StructKeys(child));
    } else if (!isSpecialMessage(field.message)) {
      addKeys(child, field.message, `${prefix}${field.name}.`, depth + 1, keys);
    }
  }
  steps.push(objectEnd);
}

/** A mask cannot name it, and the service would never learn that the client meant to change it. */
function refuseUnknown(path: string, message: DescMessage, { violations }: KeysOfValue): void {
  const description = `no field of ${message.typeName}, and a field mask must name it`;
  addViolation(violations, path, "INVALID_VALUE", description);
}

interface FoundPaths {
  readonly paths: string[];
  characters: number;
}

function addPath(path: string, found: FoundPaths): void {
  found.characters += path.length;
  if (found.characters <= maxCharacters) found.paths.push(path);
}

/** The paths that a trail sets, in proto names and relative to the body's field, sorted; undefined for too many. */
function pathsOf(trail: readonly TrailStep[]): readonly string[] | undefined {
  const found: FoundPaths = { paths: [], characters: 0 };
  const prefixes: string[] = [];
  let path = "";
  for (const [i, step] of trail.entries()) {
    const next = trail[i + 1];
    if (step === objectStart) {
      prefixes.push(path === "" ? "" : `${path}.`);
      if (next === objectEnd && path !== "") addPath(path, found);
    } else if (step === objectEnd) {
      prefixes.pop();
    } else if (step instanceof StructKeys) {
      addStructKeys(step.value, path, 0, found);
    } else if (step !== extensionKey) {
      path = `${prefixes.at(-1)}${step.name}`;
      if (next !== objectStart && !(next instanceof StructKeys)) addPath(path, found);
    }
  }
  return found.characters > maxCharacters ? undefined : found.paths.sort();
}

/** A Struct's fields are the keys that the client chose. */
function addStructKeys(value: RequestValue, path: string, depth: number, found: FoundPaths): void {
  const entries = Object.entries(value);
  if (entries.length === 0) addPath(path, found);
  for (const [key, child] of entries) {
    const childPath = `${path}.${key}`;
    if (isObject(child) && depth < maxDepth) addStructKeys(child, childPath, depth + 1, found);
    else addPath(childPath, found);
  }
}

/** A google.protobuf.FieldMask: on the wire its paths are proto names, which its ProtoJSON cannot all spell. */
export function writeFieldMask(paths: readonly string[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const path of paths) writer.tag(1, WireType.LengthDelimited).string(path);
  return writer.finish();
}
