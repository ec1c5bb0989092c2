import type { PresetRows } from "./option-row.ts";
import type { PresetOnly } from "./preset.ts";

/** What presets differ in beside the defaults of options. */
export const presetRows: PresetRows<PresetOnly> = {
  headerPreset: {
    help: "the header names that pass by default",
    preset: { standard: "standard", "grpc-gateway": "grpc-gateway" },
  },
  textDialect: {
    help: "how path and query spell values",
    preset: { standard: "protojson", "grpc-gateway": "go" },
  },
  formBodies: {
    help: "form-encoded bodies are query parameters where no body is bound",
    preset: { standard: false, "grpc-gateway": true },
  },
  trailingBody: {
    help: "what a JSON body has behind its first value",
    preset: { standard: "reject", "grpc-gateway": "ignore" },
  },
  repeatedPathVariables: {
    help: "what a path variable on a repeated field is",
    preset: { standard: "reject", "grpc-gateway": "csv" },
  },
  emptySegments: {
    help: "`*` of a template takes an empty segment",
    preset: { standard: false, "grpc-gateway": true },
  },
  headAsGet: {
    help: "HEAD takes the routes of GET",
    preset: { standard: true, "grpc-gateway": false },
  },
  httpBodyRequests: {
    help: "how the body of a google.api.HttpBody request is taken",
    preset: { standard: "raw", "grpc-gateway": "json" },
  },
  contentTypes: {
    help: "the content types that a JSON body may have",
    preset: { standard: "json", "grpc-gateway": "any" },
  },
  wrongMethod: {
    help: "the HTTP status of a wrong method",
    preset: { standard: 405, "grpc-gateway": 501 },
  },
  challenge: {
    help: "where the `WWW-Authenticate` of UNAUTHENTICATED comes from",
    preset: { standard: "table", "grpc-gateway": "message" },
  },
  streamEnvelope: {
    help: "what stands around the messages of a stream",
    preset: { standard: "bare", "grpc-gateway": "result" },
  },
  streamAccept: {
    help: "what the `Accept` of a stream's client does",
    preset: { standard: "negotiate", "grpc-gateway": "ignore" },
  },
  trailers: {
    help: "what becomes of trailing metadata",
    preset: { standard: "headers", "grpc-gateway": "http" },
  },
};
