import type { JsonOptions } from "grpc-transcoding";

/** The name of a set of defaults: this project's own, or those of grpc-gateway v2 for its clients. */
export type PresetName = "standard" | "grpc-gateway";

/** The option values that a preset stands for. Nothing else distinguishes the presets. */
export interface Preset {
  readonly json: JsonOptions;
  readonly unknownQuery: "reject" | "ignore";
  /** How path and query spell values: as ProtoJSON, or also as Go does. */
  readonly textDialect: "protojson" | "go";
  /** Whether form-encoded bodies are query parameters where no body is bound. */
  readonly formBodies: boolean;
  /** Whether the body of a google.api.HttpBody request is taken as it comes. */
  readonly httpBodyRequests: "raw" | "json";
  /** The content types that a JSON body may have: those that mean JSON (else 415), or any. */
  readonly contentTypes: "json" | "any";
  /** 405 with `Allow`, or grpc-gateway's 501. */
  readonly wrongMethod: 405 | 501;
  readonly notFound: "app" | "table";
  /** `"bare"` messages, or grpc-gateway's `{"result":…}` and `{"error":…}` lines. */
  readonly streamEnvelope: "bare" | "result";
  /** What becomes of trailing metadata of unary calls: headers, or HTTP trailers for clients that take them. */
  readonly trailers: "headers" | "http";
}

export const presets: Readonly<Record<PresetName, Preset>> = {
  standard: {
    json: { naming: "json", emit: "implicit", enums: "name", unknownFields: "reject" },
    unknownQuery: "reject",
    textDialect: "protojson",
    formBodies: false,
    httpBodyRequests: "raw",
    contentTypes: "json",
    wrongMethod: 405,
    notFound: "app",
    streamEnvelope: "bare",
    trailers: "headers",
  },
  "grpc-gateway": {
    json: { naming: "json", emit: "all", enums: "name", unknownFields: "ignore" },
    unknownQuery: "ignore",
    textDialect: "go",
    formBodies: true,
    httpBodyRequests: "json",
    contentTypes: "any",
    wrongMethod: 501,
    notFound: "table",
    streamEnvelope: "result",
    trailers: "http",
  },
};
