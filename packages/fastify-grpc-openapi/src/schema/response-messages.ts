import type { DescMessage } from "@bufbuild/protobuf";
import type { HttpBinding } from "grpc-transcoding";

/** The messages that responses of some bindings consist of: outputs and all that is within them. */
export function responseMessages(bindings: readonly HttpBinding[]): ReadonlySet<DescMessage> {
  const found = new Set<DescMessage>();
  const pending = bindings.map((binding) => binding.method.output);
  for (let message = pending.pop(); message !== undefined; message = pending.pop()) {
    if (found.has(message)) continue;
    found.add(message);
    for (const field of message.fields) if (field.message) pending.push(field.message);
  }
  return found;
}
