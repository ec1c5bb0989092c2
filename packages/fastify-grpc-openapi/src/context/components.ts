import type { DescEnum, DescMessage } from "@bufbuild/protobuf";
import { type SchemaObject, schemaReference } from "../model/openapi.ts";

/** The component schemas of a document, each made once, on its first reference. */
export interface Components {
  /** A reference to the component of a type. */
  ref(type: DescMessage | DescEnum): SchemaObject;
  /** A reference to a component that no proto describes; `make` runs on first use. */
  refNamed(name: string, make: () => SchemaObject): SchemaObject;
  /** All components that were referenced, directly or from another, sorted by name. */
  finish(): Record<string, SchemaObject>;
}

/** Components by name; `make` describes a type and may reference others. */
export function createComponents(
  nameOf: (type: DescMessage | DescEnum) => string,
  make: (type: DescMessage | DescEnum) => SchemaObject,
): Components {
  const schemas = new Map<string, SchemaObject>();
  // A list instead of recursion: types may nest deeper than the stack.
  const pending: (() => void)[] = [];

  function refNamed(name: string, describe: () => SchemaObject): SchemaObject {
    if (!schemas.has(name)) {
      schemas.set(name, {});
      pending.push(() => schemas.set(name, describe()));
    }
    return schemaReference(name);
  }

  return {
    refNamed,
    ref: (type) => refNamed(nameOf(type), () => make(type)),
    finish() {
      for (let next = pending.pop(); next !== undefined; next = pending.pop()) next();
      return Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
    },
  };
}
