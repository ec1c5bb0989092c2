import { Metadata } from "@grpc/grpc-js";
import type { MetadataEntries, MetadataEntry } from "grpc-transcoding";
import { isUnsendableKey } from "grpc-transcoding/internal";

/** A copy as grpc-js' own class. Throws an Error that names a key or value which metadata cannot carry. */
export function toGrpcMetadata(entries: MetadataEntries): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of entries) {
    if (isUnsendableKey(key)) throw new Error(`metadata must not have the key "${key}"`);
    metadata.add(key, typeof value === "string" ? value : Buffer.from(value));
  }
  return metadata;
}

/** The entries of a grpc-js Metadata (of any copy of grpc-js), shared by no one. */
export function fromGrpcMetadata(metadata: Metadata | null | undefined): MetadataEntries {
  if (metadata === null || metadata === undefined) return none;
  const entries: MetadataEntry[] = [];
  for (const [key, values] of Object.entries(metadata.toJSON())) {
    for (const value of values) {
      entries.push([key, typeof value === "string" ? value : Buffer.from(value)]);
    }
  }
  return entries;
}

/**
 * The entries of metadata that came over HTTP/2, without the fields that the protocol itself put there
 * (PROTOCOL-HTTP2.md, Responses); so they equal those of a call that never saw HTTP/2.
 */
export function fromWireMetadata(metadata: Metadata): MetadataEntries {
  return fromGrpcMetadata(metadata).filter(([key]) => !protocolKeys.has(key));
}

const none: MetadataEntries = [];

const protocolKeys = new Set([
  "content-type",
  "date",
  "grpc-accept-encoding",
  "grpc-encoding",
  "grpc-message",
  "grpc-status",
  "accept-encoding",
]);
