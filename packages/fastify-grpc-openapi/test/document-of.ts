import { buildDocument, type GrpcDocumentOptions, lowerDocument } from "fastify-grpc-openapi";
import type { GatewayEntry } from "grpc-transcoding";
import type { OpenApiDocument, OperationObject, SchemaObject } from "../src/model/openapi.ts";
import { gatewayOf, schemaOf } from "./gateway-entry.ts";

/** What a document is made of beside its proto. */
export interface Setup {
  readonly options?: GrpcDocumentOptions;
  readonly gateway?: Partial<GatewayEntry>;
  /** @default "3.1.0" */
  readonly openapi?: string;
}

/** The document of a proto3 file of the package `t`; the usual options are imported. */
export function documentOf(body: string, setup: Setup = {}): OpenApiDocument {
  const imports = [
    "google/api/annotations.proto",
    "google/api/client.proto",
    "google/api/field_behavior.proto",
    "google/api/httpbody.proto",
    "google/api/resource.proto",
    "google/api/visibility.proto",
    "google/longrunning/operations.proto",
    "google/protobuf/any.proto",
    "google/protobuf/duration.proto",
    "google/protobuf/empty.proto",
    "google/protobuf/field_mask.proto",
    "google/protobuf/struct.proto",
    "google/protobuf/timestamp.proto",
    "google/protobuf/wrappers.proto",
    "google/rpc/error_details.proto",
    "fastify/grpc/v1/annotations.proto",
    "buf/validate/validate.proto",
    "openapiv3/annotations.proto",
    "protoc-gen-openapiv2/options/annotations.proto",
  ].map((name) => `import "${name}";`);
  const text = ['syntax = "proto3";', "package t;", ...imports, body].join("\n");
  const document = buildDocument(
    gatewayOf(schemaOf({ "t.proto": text }), setup.gateway),
    setup.options,
  );
  return lowerDocument(document, setup.openapi ?? "3.1.0");
}

/** A document of one method, and that method's operation. */
export function operationOf(
  rule: string,
  messages: string,
  setup: Setup & { readonly method?: string; readonly signature?: string } = {},
): { path: string; method: string; operation: OperationObject; document: OpenApiDocument } {
  const { signature = "(Request) returns (Response)", method: options = "" } = setup;
  const document = documentOf(
    `service S { rpc Do${signature} { option (google.api.http) = { ${rule} }; ${options} } }
    message Response { string value = 1; }
    ${messages}`,
    setup,
  );
  const [[path, item] = ["", {}]] = Object.entries(document.paths);
  const [[method, operation] = []] = Object.entries(item);
  if (method === undefined) throw new Error("no operation");
  return { path, method, operation: operation as OperationObject, document };
}

/** The component of the message `t.M`. */
export function messageOf(fields: string, setup: Setup = {}, more = ""): SchemaObject {
  const document = documentOf(
    `service S { rpc Do(M) returns (M) { option (google.api.http) = { post: "/m" body: "*" }; } }
    message M {
${fields}
} ${more}`,
    setup,
  );
  return document.components.schemas?.["t.M"] as SchemaObject;
}

/** The property of the only field of a message. */
export function propertyOf(field: string, setup: Setup = {}, more = ""): SchemaObject {
  const [property] = Object.values(messageOf(field, setup, more).properties ?? {});
  return property as SchemaObject;
}
