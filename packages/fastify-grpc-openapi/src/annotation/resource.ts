import type { DescField, DescMessage, JsonObject } from "@bufbuild/protobuf";
import type { Annotations } from "./annotations.ts";

/** `google.api.ResourceDescriptor` (google/api/resource.proto), as far as documents tell it. */
export interface ResourceDescriptor {
  readonly type: string;
  readonly pattern: readonly string[];
  readonly singular?: string;
  readonly plural?: string;
}

/** `google.api.ResourceReference`. */
export interface ResourceReference {
  readonly type?: string;
  readonly childType?: string;
}

/** `(google.api.resource)` of a message. */
export function resourceOf(
  annotations: Annotations,
  message: DescMessage,
): ResourceDescriptor | undefined {
  const resource = annotations.read(message, "google.api.resource") as JsonObject | undefined;
  return resource === undefined ? undefined : toDescriptor(resource);
}

/** `(google.api.resource_reference)` of a field. */
export function resourceReferenceOf(
  annotations: Annotations,
  field: DescField,
): ResourceReference | undefined {
  return annotations.read(field, "google.api.resource_reference") as ResourceReference | undefined;
}

/** All resources by type, those of messages and those of `(google.api.resource_definition)`. */
export function resourcesByType(annotations: Annotations): Map<string, ResourceDescriptor> {
  const found = new Map<string, ResourceDescriptor>();
  for (const file of annotations.registry.files) {
    const definitions = annotations.read(file, "google.api.resource_definition");
    if (!Array.isArray(definitions)) continue;
    for (const definition of definitions) {
      const resource = toDescriptor(definition as JsonObject);
      found.set(resource.type, resource);
    }
  }
  for (const type of annotations.registry) {
    if (type.kind !== "message") continue;
    const resource = resourceOf(annotations, type);
    if (resource !== undefined) found.set(resource.type, resource);
  }
  return found;
}

function toDescriptor(json: JsonObject): ResourceDescriptor {
  return { ...json, type: String(json.type ?? ""), pattern: (json.pattern as string[]) ?? [] };
}
