import type { HeaderPreset, StreamEnvelope } from "grpc-transcoding";

/** The name of a set of defaults: this project's own, or those of grpc-gateway v2 for its clients. */
export type PresetName = "standard" | "grpc-gateway";

/** What a preset sets beside the defaults of options. Nothing else distinguishes the presets. */
export interface PresetOnly {
  /** The header names that pass beside those of the option `headers`. */
  readonly headerPreset: HeaderPreset;
  /** How path and query spell values: as ProtoJSON, or also as Go does. */
  readonly textDialect: "protojson" | "go";
  /** Whether form-encoded bodies are query parameters where no body is bound. */
  readonly formBodies: boolean;
  /** What a JSON body has behind its first value: an error, or nothing to look at. */
  readonly trailingBody: "reject" | "ignore";
  /** What a path variable on a repeated field is: an error at start, or a list with commas. */
  readonly repeatedPathVariables: "reject" | "csv";
  /** Whether `*` of a template takes an empty segment. */
  readonly emptySegments: boolean;
  /** Whether HEAD takes the routes of GET. */
  readonly headAsGet: boolean;
  /** Whether the body of a google.api.HttpBody request is taken as it comes. */
  readonly httpBodyRequests: "raw" | "json";
  /** The content types that a JSON body may have: those that mean JSON (else 415), or any. */
  readonly contentTypes: "json" | "any";
  /** 405 with `Allow`, or grpc-gateway's 501. */
  readonly wrongMethod: 405 | 501;
  /** The `WWW-Authenticate` of UNAUTHENTICATED: by the error table, or the status's message. */
  readonly challenge: "table" | "message";
  /** `"bare"` messages, or grpc-gateway's `{"result":…}` and `{"error":…}` lines. */
  readonly streamEnvelope: StreamEnvelope;
  /** Whether the client's Accept chooses the format of a stream, or it is always the first one. */
  readonly streamAccept: "negotiate" | "ignore";
  /** What becomes of trailing metadata of unary calls: headers, or HTTP trailers for clients that take them. */
  readonly trailers: "headers" | "http";
}
