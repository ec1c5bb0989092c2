import type { DescField, DescMessage } from "@bufbuild/protobuf";
import type { PathTemplate, PathVariable } from "grpc-transcoding";
import type { Annotations } from "../annotation/annotations.ts";
import { resourceOf, resourceReferenceOf, resourcesByType } from "../annotation/resource.ts";
import type { ResourceNames } from "./path-key.ts";

/**
 * Names path parameters after the resource patterns (AIP-122) of the bound field: those of its
 * `resource_reference`, or of its message when the field is the resource's name.
 */
export function resourceNames(annotations: Annotations): ResourceNames {
  const byType = resourcesByType(annotations);

  function patternsOf(field: DescField): readonly string[] {
    const reference = resourceReferenceOf(annotations, field);
    if (reference?.type) return byType.get(reference.type)?.pattern ?? [];
    if (reference?.childType) {
      const patterns = byType.get(reference.childType)?.pattern ?? [];
      return patterns.map((pattern) => pattern.split("/").slice(0, -2).join("/"));
    }
    return resourceOf(annotations, field.parent as DescMessage)?.pattern ?? [];
  }

  return (variable, template) => {
    const field = variable.field.fields.at(-1);
    if (field === undefined) return undefined;
    for (const pattern of patternsOf(field)) {
      const names = namesOf(pattern, variable, template);
      if (names !== undefined) return names;
    }
    return undefined;
  };
}

// The names at the places of wildcards, when the pattern has the literals of the template.
function namesOf(
  pattern: string,
  variable: PathVariable,
  template: PathTemplate,
): (string | undefined)[] | undefined {
  const range = template.variables[variable.index];
  const segments = template.segments.slice(range?.start, range?.end);
  const parts = pattern.split("/");
  if (parts.length !== segments.length) return undefined;
  const names: (string | undefined)[] = [];
  for (const [index, segment] of segments.entries()) {
    const part = parts[index] ?? "";
    const name = /^\{([A-Za-z0-9_]+)(?:=[^}]*)?\}$/.exec(part)?.[1];
    if (segment.kind === "literal" ? part !== segment.value : name === undefined) return undefined;
    names.push(name);
  }
  return names;
}
