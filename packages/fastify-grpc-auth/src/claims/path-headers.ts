import type { MetadataChange, PolicyCall, StripsKey } from "grpc-transcoding";

/** A handler of `handlePath` makes no call whose metadata could change: for it, the request's headers do. */
export function replaceClaimHeaders(
  { headers }: PolicyCall,
  strips: StripsKey,
  changes: Readonly<Record<string, MetadataChange>>,
): void {
  const left = headers as Record<string, unknown>;
  for (const name of Object.keys(left)) if (strips(name.toLowerCase())) delete left[name];
  for (const [name, value] of Object.entries(changes)) {
    if (value !== undefined) left[name] = value instanceof Uint8Array ? base64(value) : value;
  }
}

function base64(value: Uint8Array): string {
  return Buffer.from(value).toString("base64");
}
