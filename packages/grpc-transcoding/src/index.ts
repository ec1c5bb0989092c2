export { bundledFile } from "./bundled/bundled-file.ts";
export { bundledProto, bundledProtoNames } from "./bundled/bundled-proto.ts";
export { bundledProtoDir } from "./bundled/bundled-proto-dir.ts";
export type { GatewayEntry, GatewayEvent, GatewayRegistry, Gauge } from "./gateway-registry.ts";
export { gatewayRegistry } from "./gateway-registry.ts";
export type { BindingSources, CollectedBindings } from "./http/collect-bindings.ts";
export { collectBindings } from "./http/collect-bindings.ts";
export type { LostRoute, RouteExplanation } from "./http/explain-route.ts";
export { explainRoute, formatExplanation } from "./http/explain-route.ts";
export type { FieldPath, FieldPathReason } from "./http/field-path.ts";
export { FieldPathError, resolveFieldPath } from "./http/field-path.ts";
export type { HttpRule } from "./http/http-rule.ts";
export type { PathTemplate, TemplateSegment, TemplateVariable } from "./http/path-template.ts";
export { PathTemplateError, parsePathTemplate, templateSignature } from "./http/path-template.ts";
export type { PathUnescape } from "./http/request-path.ts";
export type { ResolveBindingsOptions } from "./http/resolve-bindings.ts";
export { resolveBindings } from "./http/resolve-bindings.ts";
export type {
  NamedRoutes,
  OnConflict,
  PlacedRoute,
  RouteConflict,
} from "./http/route-conflicts.ts";
export {
  conflictProblems,
  findRouteConflicts,
  formatConflict,
  formatRoute,
} from "./http/route-conflicts.ts";
export type { Route, RouteMatch, RouteTable, RouteTableOptions } from "./http/route-table.ts";
export { compileRouteTable } from "./http/route-table.ts";
export type { RuleProblem, RuleProblemCode } from "./http/rule-problem.ts";
export { HttpRuleError, throwRuleErrors } from "./http/rule-problem.ts";
export { createJsonCodec } from "./json/create-json-codec.ts";
export type { JsonCodec, JsonOptions, JsonViolation } from "./json/json-codec.ts";
export { JsonError } from "./json/json-codec.ts";
export type { DeadlineOf, DeadlineOptions } from "./metadata/deadline.ts";
export { compileDeadline } from "./metadata/deadline.ts";
export { formatGrpcTimeout, parseGrpcTimeout } from "./metadata/grpc-timeout.ts";
export type { RequestHeaders } from "./metadata/header-fields.ts";
export type { HeaderPreset, HeaderRules } from "./metadata/header-rules.ts";
export type { MetadataEntries, MetadataEntry } from "./metadata/metadata.ts";
export { replaceMetadata } from "./metadata/replace-metadata.ts";
export type { RequestMetadata } from "./metadata/request-metadata.ts";
export { compileRequestMetadata } from "./metadata/request-metadata.ts";
export {
  isDeniedRequestKey,
  isDeniedResponseHeader,
  isUnsendableKey,
} from "./metadata/reserved-keys.ts";
export type { ResponseHeaders, ResponseHeadersOf } from "./metadata/response-headers.ts";
export { compileResponseHeaders } from "./metadata/response-headers.ts";
export type { ContextKey } from "./policy/call-context.ts";
export { CallContext, contextKey } from "./policy/call-context.ts";
export type { MetadataChanges } from "./policy/metadata-changes.ts";
export { changeEntries, entryChanges } from "./policy/metadata-changes.ts";
export type {
  CalledMethod,
  MetadataChange,
  Policy,
  PolicyCall,
  SecurityDemand,
  Verdict,
} from "./policy/policy.ts";
export { refuse } from "./policy/refuse.ts";
export type { Admission } from "./policy/run-policies.ts";
export { runPolicies } from "./policy/run-policies.ts";
export type { UnknownQuery } from "./request/bind-query.ts";
export { JsonValueSplitter } from "./request/json-value-splitter.ts";
export type { ViolationReason } from "./request/text-dialect.ts";
export type { DescriptorSource, SchemaOptions } from "./schema/create-schema.ts";
export { createSchema } from "./schema/create-schema.ts";
export { loadSchema } from "./schema/load-schema.ts";
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
export type { ReportProblem, SchemaProblem } from "./schema/schema-error.ts";
export { SchemaError } from "./schema/schema-error.ts";
export type { ProtoFiles } from "./schema/source/proto-files.ts";
export { findProtoFiles } from "./schema/source/proto-files.ts";
export type {
  DescriptorSetSource,
  ProtoSource,
  ReadySource,
  ReflectionSource,
  SchemaSource,
} from "./schema/source/schema-source.ts";
export type { CodeName } from "./status/code.ts";
export { Code, codeName } from "./status/code.ts";
export { declarationOf, declaredResponse, declaredStatus } from "./status/declared-response.ts";
export { createDefaultErrorMapper, defaultErrorMapper } from "./status/default-error-mapper.ts";
export type { DetailTypes } from "./status/detail-json.ts";
export { detailToJson, detailType, errorInfoOf, findDetail } from "./status/detail-json.ts";
export type {
  ErrorInfo,
  FieldViolation,
  LocalizedMessage,
  QuotaViolation,
  RpcDetails,
} from "./status/error-details.ts";
export {
  badRequestDetail,
  errorInfoDetail,
  gatewayDomain,
  retryInfoDetail,
  rpcDetail,
} from "./status/error-details.ts";
export { errorHeaders, isFieldValue, joinVary, keepsChallenge } from "./status/error-headers.ts";
export type {
  ErrorBodyFormat,
  ErrorContext,
  ErrorMapper,
  ErrorResponse,
  HttpError,
} from "./status/error-mapper.ts";
export type {
  ErrorCondition,
  ErrorDeclarationConfig,
  ErrorExplanation,
  ErrorOutcome,
  ErrorRule,
  ErrorTable,
  ErrorTableConfig,
} from "./status/error-table.ts";
export type { Failure, FailureOrigin } from "./status/failure.ts";
export { failureFromError, grpcFailureFromError } from "./status/failure-from-error.ts";
export type { FailureOfOptions } from "./status/failure-of.ts";
export { failureOf } from "./status/failure-of.ts";
export { codeOfHttpStatus, failureHttpStatus, httpStatusOf } from "./status/http-status.ts";
export { omitStackTrace, restoreStackTrace } from "./status/stack-trace.ts";
export type { DetailJson, Status, StatusDetail } from "./status/status.ts";
export type { EncodedStatus } from "./status/status-details.ts";
export {
  decodeStatusDetails,
  encodeStatusDetails,
  statusDetailsKey,
} from "./status/status-details.ts";
export type { GatewayErrorOptions, StatusErrorOptions } from "./status/status-error.ts";
export { gatewayError, StatusError } from "./status/status-error.ts";
export type { Visibility, VisibleStatus } from "./status/visible-status.ts";
export { visibleStatus } from "./status/visible-status.ts";
export type { MediaRange } from "./stream/accept.ts";
export { parseAccept, rateMediaType } from "./stream/accept.ts";
export type { StreamEncoder } from "./stream/stream-encoder.ts";
export type { StreamEnvelope } from "./stream/stream-format.ts";
export { selectStreamEncoder, streamEncoders } from "./stream/stream-format.ts";
export type { MethodTranscoder, TranscoderOptions } from "./transcoder.ts";
export { compileTranscoder } from "./transcoder.ts";
export { compose } from "./transport/compose.ts";
export type {
  AuthContext,
  CallHandle,
  CallOrigin,
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
