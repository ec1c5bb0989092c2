import type { DescEnum, DescMessage } from "@bufbuild/protobuf";
import type { HttpBinding } from "grpc-transcoding";
import { isWrapper, wellKnownSchema } from "../schema/well-known-types.ts";

/** The messages and enums of the requests and responses of some bindings, well-known types aside. */
export function documentedTypes(
  bindings: readonly HttpBinding[],
): ReadonlySet<DescMessage | DescEnum> {
  const found = new Set<DescMessage | DescEnum>();
  const pending = bindings.flatMap(({ method }) => [method.input, method.output]);
  for (let message = pending.pop(); message !== undefined; message = pending.pop()) {
    const { typeName } = message;
    if (found.has(message) || wellKnownSchema(typeName) || isWrapper(typeName)) continue;
    if (typeName.startsWith("google.protobuf.")) continue;
    found.add(message);
    for (const field of message.fields) {
      if (field.message) pending.push(field.message);
      if (field.enum && !field.enum.typeName.startsWith("google.protobuf.")) found.add(field.enum);
    }
  }
  return found;
}
