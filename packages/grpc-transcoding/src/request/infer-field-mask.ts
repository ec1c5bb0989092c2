import type { DescField } from "@bufbuild/protobuf";
import type { InferredMask } from "../json/request-layout.ts";
import type { TrailStep } from "../json/text-to-wire/key-trail.ts";
import { isSpecialMessage } from "../json/well-known/special-messages.ts";
import type { FieldPath } from "../model/field-path.ts";
import type { HttpBinding } from "../model/schema.ts";
import { isHttpBody } from "../response/http-body.ts";
import type { FieldViolation } from "../status/error-details.ts";
import { isObject, type RequestValue } from "./request-value.ts";
import { addViolation } from "./violations.ts";

// A path repeats the names of all levels above it: without bounds a small body makes a huge mask.
const maxCharacters = 1 << 16;
const maxDepth = 100;

/** Infers the update mask of a PATCH from its body. */
export interface FieldMaskInference extends InferredMask {
  /** Adds what in the body's keys no mask can name. */
  check(trail: readonly TrailStep[], violations: FieldViolation[]): void;
}

/**
 * For a PATCH whose body is one message field of a request with exactly one FieldMask (AIP-134);
 * undefined for all other bindings. As in grpc-gateway, `null` and `{}` count as set, and lists and maps
 * are paths of their own. `sourced` are fields that headers give: what the body says of them does not count.
 */
export function compileFieldMaskInference(
  { httpMethod, method, body }: HttpBinding,
  sourced: readonly FieldPath[] = [],
): FieldMaskInference | undefined {
  if (httpMethod !== "PATCH" || typeof body !== "object" || body.fieldKind !== "message") return;
  if (isSpecialMessage(body.message) || isHttpBody(body.message)) return;
  const [field, second] = method.input.fields.filter(isFieldMask);
  if (field === undefined || second !== undefined) return;
  const without = new Set(
    sourced
      .filter(({ fields }) => fields[0] === body)
      .map(({ fields }) =>
        fields
          .slice(1)
          .map(({ name }) => name)
          .join("."),
      ),
  );

  return {
    field,
    pathsOf(trail) {
      const { paths, characters, unknown } = findPaths(trail);
      return characters > maxCharacters || unknown.length > 0
        ? undefined
        : paths.filter((path) => !without.has(path)).sort();
    },
    check(trail, violations) {
      const { characters, unknown } = findPaths(trail);
      for (const { path, typeName } of unknown) {
        const description = `no field of ${typeName}, and a field mask must name it`;
        addViolation(violations, path, "INVALID_VALUE", description);
      }
      if (characters <= maxCharacters) return;
      const description = `the body sets too many fields to infer the mask; send ${field.name}`;
      addViolation(violations, body.name, "OUT_OF_RANGE", description);
    },
  };
}

function isFieldMask(field: DescField): field is FieldMaskInference["field"] {
  return field.fieldKind === "message" && field.message.typeName === "google.protobuf.FieldMask";
}

/** In proto names and relative to the body's field. */
interface FoundPaths {
  readonly paths: string[];
  characters: number;
  /** The service would never learn that the client meant to change them. */
  readonly unknown: { readonly path: string; readonly typeName: string }[];
}

function addPath(path: string, found: FoundPaths): void {
  found.characters += path.length;
  if (found.characters <= maxCharacters) found.paths.push(path);
}

function findPaths(trail: readonly TrailStep[]): FoundPaths {
  const found: FoundPaths = { paths: [], characters: 0, unknown: [] };
  const prefixes: string[] = [];
  let path = "";
  for (const [i, step] of trail.entries()) {
    const next = trail[i + 1];
    if (step === "{") {
      prefixes.push(path === "" ? "" : `${path}.`);
      if (next === "}" && path !== "") addPath(path, found);
    } else if (step === "}") {
      prefixes.pop();
    } else if (step.kind === "struct") {
      addStructKeys(step.value, path, 0, found);
    } else if (step.kind === "unknown") {
      const { key, typeName } = step;
      // In brackets stands an extension, which a path cannot name.
      if (!key.startsWith("[")) found.unknown.push({ path: `${prefixes.at(-1)}${key}`, typeName });
    } else if (step.kind === "field") {
      path = `${prefixes.at(-1)}${step.name}`;
      const hasMore = next === "{" || (typeof next === "object" && next.kind === "struct");
      if (!hasMore) addPath(path, found);
    }
  }
  return found;
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
