export type { GatewayEntry, GatewayRegistry } from "./gateway-registry.ts";
export { gatewayRegistry } from "./gateway-registry.ts";
export type { FieldPath } from "./http/field-path.ts";
export type { PathTemplate, TemplateSegment, TemplateVariable } from "./http/path-template.ts";
export type { Route, RouteMatch, RouteTable } from "./http/route-table.ts";
export type { JsonCodec, JsonOptions, JsonViolation } from "./json/json-codec.ts";
export { JsonError } from "./json/json-codec.ts";
export type { MetadataEntries, MetadataEntry } from "./metadata/metadata.ts";
export { isUnsendableKey } from "./metadata/reserved-keys.ts";
export type { DescriptorSource, SchemaOptions } from "./schema/create-schema.ts";
export { createSchema } from "./schema/create-schema.ts";
export type {
  Comment,
  CommentedDescriptor,
  ErrorDeclaration,
  HttpBinding,
  MethodSchema,
  PathVariable,
  RuleSource,
  Schema,
  ServiceSchema,
  SourceLocation,
} from "./schema/schema.ts";
export type { SchemaProblem } from "./schema/schema-error.ts";
export { SchemaError } from "./schema/schema-error.ts";
export type { CodeName } from "./status/code.ts";
export { Code, codeName } from "./status/code.ts";
export type {
  ErrorBodyFormat,
  ErrorContext,
  ErrorMapper,
  ErrorResponse,
  HttpError,
} from "./status/error-mapper.ts";
export type { Failure, FailureOrigin } from "./status/failure.ts";
export type { Status, StatusDetail } from "./status/status.ts";
export type { StatusErrorOptions } from "./status/status-error.ts";
export { gatewayError, StatusError } from "./status/status-error.ts";
export type { StreamEncoder } from "./stream/stream-encoder.ts";
export type { MethodTranscoder } from "./transcoder.ts";
export { compose } from "./transport/compose.ts";
export type {
  AuthContext,
  CallHandle,
  CallReceiver,
  CallTiming,
  Deadline,
  Interceptor,
  Transport,
  TransportCall,
  TransportMethod,
} from "./transport/transport.ts";
export {
  deadlineExceeded,
  toCode,
  transportClosed,
  transportStatus,
} from "./transport/transport-status.ts";
