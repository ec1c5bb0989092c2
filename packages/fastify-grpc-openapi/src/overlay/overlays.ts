import type {
  AnyDesc,
  DescEnum,
  DescField,
  DescFile,
  DescMessage,
  DescMethod,
  DescService,
  JsonObject,
} from "@bufbuild/protobuf";
import type { Annotations } from "../annotation/annotations.ts";
import { gnosticObject } from "./gnostic.ts";
import { mergeOverlay } from "./merge-overlay.ts";
import {
  jsonSchema,
  operationOptions,
  schemaOptions,
  swaggerOptions,
  tagOptions,
} from "./openapiv2.ts";

type Kind = "document" | "operation" | "schema" | "property" | "tag";

// The same messages under the package of the repository and that of the BSR module.
const gnosticPackages = ["openapi.v3", "gnostic.openapi.v3"];

const openapiv2 = "grpc.gateway.protoc_gen_openapiv2.options.openapiv2_";
const openapiv3 = "grpc.gateway.protoc_gen_openapiv3.options.openapiv3_";

const openapiv2Readers: Readonly<
  Record<Kind, readonly [name: string, read: (options: JsonObject) => object]>
> = {
  document: ["swagger", swaggerOptions],
  operation: ["operation", operationOptions],
  schema: ["schema", schemaOptions],
  property: ["field", jsonSchema],
  tag: ["tag", tagOptions],
};

/**
 * Lays what options of other generators say over a generated part of the document: first
 * grpc-gateway's openapiv2 and openapiv3, then gnostic's, which is written in OpenAPI's own terms.
 */
export function applyOverlays<T extends object>(
  generated: T,
  kind: Kind,
  desc: DescFile | DescService | DescMethod | DescMessage | DescField | DescEnum,
  annotations: Annotations,
): T {
  if (desc.proto.options?.$unknown === undefined) return generated;
  let merged = generated;
  const [name, read] = openapiv2Readers[kind];
  const swagger = annotations.read(desc, openapiv2 + (desc.kind === "enum" ? "enum" : name));
  if (swagger !== undefined)
    merged = mergeOverlay(withoutTags(merged, swagger), read(swagger as JsonObject));
  const subset = annotations.read(desc, openapiv3 + (kind === "property" ? "field" : kind));
  if (subset !== undefined) merged = mergeOverlay(merged, subset);
  for (const name of gnosticPackages) {
    merged = mergeOverlay(merged, gnosticOption(desc, `${name}.${kind}`, annotations));
  }
  return merged;
}

/** Whether `openapiv2_field` names the field itself in `required`. */
export function isRequiredByOverlay(field: DescField, annotations: Annotations): boolean {
  const options = annotations.read(field, `${openapiv2}field`) as JsonObject | undefined;
  const required = options?.required;
  return (
    Array.isArray(required) && (required.includes(field.name) || required.includes(field.jsonName))
  );
}

function gnosticOption(desc: AnyDesc, name: string, annotations: Annotations): unknown {
  const message = annotations.readMessage(desc, name);
  return message === undefined ? undefined : gnosticObject(message, annotations.registry);
}

// Tags of an openapiv2 operation replace the service's.
function withoutTags<T extends object>(generated: T, options: unknown): T {
  if (!("tags" in generated) || !(options as JsonObject).tags) return generated;
  const { tags: _tags, ...rest } = generated;
  return rest as T;
}
