import type { Code } from "./code.ts";

/** One `google.protobuf.Any` of a status: a type URL and the message's protobuf bytes. */
export interface StatusDetail {
  /** For example `"type.googleapis.com/google.rpc.BadRequest"`. */
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/** A detail as ProtoJSON of google.protobuf.Any: the type URL and the message's fields. */
export interface DetailJson {
  readonly "@type": string;
  readonly [field: string]: unknown;
}

/** The outcome of a call, as google.rpc.Status: code, message for developers, details. */
export interface Status {
  readonly code: Code;
  readonly message: string;
  /** Empty for a status that a transport made; decoded from `grpc-status-details-bin` otherwise. */
  readonly details: readonly StatusDetail[];
}
