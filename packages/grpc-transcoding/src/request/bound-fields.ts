import type { HttpBinding } from "../schema/schema.ts";

/**
 * The fields that a binding's path and body fill, as a tree of proto names: `"bound"` for a field as a
 * whole, a map for a message of which parts are bound.
 */
export type BoundFields = ReadonlyMap<string, BoundFields | "bound">;

/** The bound fields of a binding whose body is not `*`. */
export function boundFields({ pathVariables, body }: HttpBinding): BoundFields {
  const root = new Map<string, Map<string, never> | "bound">();
  for (const { field } of pathVariables) {
    let level: Map<string, unknown> = root;
    for (const step of field.fields.slice(0, -1)) {
      const next = level.get(step.name) ?? new Map();
      level.set(step.name, next);
      level = next as Map<string, unknown>;
    }
    level.set(field.fields.at(-1)?.name ?? "", "bound");
  }
  if (typeof body === "object") root.set(body.name, "bound");
  return root;
}
