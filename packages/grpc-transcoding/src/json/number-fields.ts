import { getExtension, hasExtension, type Registry, ScalarType } from "@bufbuild/protobuf";
import type { MessageField } from "./message-fields.ts";

const wide: ReadonlySet<ScalarType | undefined> = new Set([
  ScalarType.INT64,
  ScalarType.UINT64,
  ScalarType.SINT64,
  ScalarType.FIXED64,
  ScalarType.SFIXED64,
]);

/** Whether a 64-bit field is a number in JSON, as far as numbers go: by `(fastify.grpc.v1.field).number`. */
export type IsNumberField = (field: MessageField) => boolean;

/** Makes the test of a registry's fields. */
export function createIsNumberField(registry: Registry): IsNumberField {
  const extension = registry.getExtension("fastify.grpc.v1.field");
  if (extension === undefined) return () => false;
  return ({ scalar, proto: { options } }) => {
    if (!wide.has(scalar) || options === undefined) return false;
    try {
      if (!hasExtension(options, extension)) return false;
      return (getExtension(options, extension) as { number?: unknown }).number === true;
    } catch {
      // Bytes that are no rule: it is told where the schema is made.
      return false;
    }
  };
}
