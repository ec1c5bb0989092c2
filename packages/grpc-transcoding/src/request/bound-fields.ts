import type { HttpBinding } from "../model/schema.ts";

/**
 * The fields that a binding's path and body fill, as a tree of proto names: `"bound"` for a field as a
 * whole, a map for a message of which parts are bound.
 */
export type BoundFields = ReadonlyMap<string, BoundFields | "bound">;

type MutableFields = Map<string, MutableFields | "bound">;

/** The bound fields of a binding whose body is not `*`. */
export function boundFields({ pathVariables, body }: HttpBinding): BoundFields {
  const root: MutableFields = new Map();
  for (const { field } of pathVariables) {
    const names = field.fields.map(({ name }) => name);
    const last = names.pop() ?? "";
    let level = root;
    for (const name of names) level = part(level, name);
    level.set(last, "bound");
  }
  if (typeof body === "object") root.set(body.name, "bound");
  return root;
}

/** The parts of a message. No variable is part of another, so a message is never bound as a whole before. */
function part(level: MutableFields, name: string): MutableFields {
  const present = level.get(name);
  if (present !== undefined && present !== "bound") return present;
  const added: MutableFields = new Map();
  level.set(name, added);
  return added;
}
