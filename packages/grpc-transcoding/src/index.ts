export { bundledProto, bundledProtoNames } from "./bundled/bundled-proto.ts";
export { bundledProtoDir } from "./bundled/bundled-proto-dir.ts";
export type { GatewayEntry, GatewayEvent, GatewayRegistry, Gauge } from "./gateway-registry.ts";
export { gatewayRegistry } from "./gateway-registry.ts";
export type { BindingSources, CollectedBindings } from "./http/collect-bindings.ts";
export { collectBindings } from "./http/collect-bindings.ts";
export type { LostRoute, RouteExplanation } from "./http/explain-route.ts";
export { explainRoute, formatExplanation } from "./http/explain-route.ts";
export type { HttpRule } from "./http/http-rule.ts";
export { PathTemplateError, parsePathTemplate } from "./http/parse-path-template.ts";
export type { PathUnescape } from "./http/request-path.ts";
export type {
  NamedRoutes,
  OnConflict,
  PlacedRoute,
  RouteConflict,
} from "./http/route-conflicts.ts";
export type { Route, RouteMatch, RouteTable, RouteTableOptions } from "./http/route-table.ts";
export { compileRouteTable } from "./http/route-table.ts";
export type { RuleProblem, RuleProblemCode } from "./http/rule-problem.ts";
export { HttpRuleError } from "./http/rule-problem.ts";
export { createJsonCodec } from "./json/create-json-codec.ts";
export type {
  JsonCodec,
  JsonOptions,
  JsonViolation,
  MessageFrame,
  PrintSequence,
} from "./json/json-codec.ts";
export { JsonError } from "./json/json-codec.ts";
export type { HeaderPreset, HeaderRules } from "./metadata/header-rules.ts";
export type { ContextKey } from "./model/call-context.ts";
export { CallContext, contextKey } from "./model/call-context.ts";
export type {
  CallEnd,
  CallObservation,
  CallObserver,
  MessageTally,
  ObservedCall,
} from "./model/call-observer.ts";
export type { CodeName } from "./model/code.ts";
export { Code, codeName } from "./model/code.ts";
export type { Failure, FailureOrigin } from "./model/failure.ts";
export type { FieldPath } from "./model/field-path.ts";
export type { MetadataEntries, MetadataEntry } from "./model/metadata.ts";
export type { PathTemplate, TemplateSegment, TemplateVariable } from "./model/path-template.ts";
export type { QueryDialect } from "./model/query-dialect.ts";
export type {
  EtagRule,
  FieldHeader,
  FieldSource,
  MessageTemplate,
  RestRule,
  SuccessRule,
} from "./model/rest-rule.ts";
export type {
  AuthRule,
  ClaimField,
  Comment,
  CommentedDescriptor,
  ErrorDeclaration,
  EventFields,
  HttpBinding,
  MethodSchema,
  PathVariable,
  RuleSource,
  Schema,
  ServiceSchema,
  SourceLocation,
} from "./model/schema.ts";
export type { DetailJson, Status, StatusDetail } from "./model/status.ts";
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
} from "./model/transport.ts";
export type {
  CalledMethod,
  DocumentedHeader,
  DocumentedHeaders,
  MetadataChange,
  Policy,
  PolicyCall,
  SecurityDemand,
  StripsKey,
  Verdict,
} from "./policy/policy.ts";
export { refuse } from "./policy/refuse.ts";
export type { UnknownQuery } from "./request/bind-query.ts";
export type { RequestMessageLimits, RequestMessages } from "./request/request-messages.ts";
export type { ViolationReason } from "./request/text-dialect.ts";
export type { CreateValidator } from "./request/validate-request.ts";
export type { ContentDisposition } from "./response/content-disposition.ts";
export { contentDispositionText } from "./response/content-disposition.ts";
export type { DescriptorSource, SchemaOptions } from "./schema/create-schema.ts";
export { createSchema } from "./schema/create-schema.ts";
export { loadSchema } from "./schema/load-schema.ts";
export type { SchemaProblem } from "./schema/schema-error.ts";
export { SchemaError } from "./schema/schema-error.ts";
export type {
  DescriptorSetSource,
  ProtoSource,
  ReadySource,
  ReflectionSource,
  SchemaSource,
} from "./schema/source/schema-source.ts";
export { createDefaultErrorMapper, defaultErrorMapper } from "./status/default-error-mapper.ts";
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
  retryInfoDetail,
  rpcDetail,
} from "./status/error-details.ts";
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
export { codeOfHttpStatus, httpStatusOf } from "./status/http-status.ts";
export {
  decodeStatusDetails,
  encodeStatusDetails,
  statusDetailsKey,
} from "./status/status-details.ts";
export type { StatusErrorOptions } from "./status/status-error.ts";
export { StatusError } from "./status/status-error.ts";
export type {
  StreamEncoder,
  StreamEvent,
  StreamItems,
  StreamMedia,
} from "./stream/stream-encoder.ts";
export type { StreamEnvelope, StreamFormat, StreamFormatName } from "./stream/stream-format.ts";
export { streamEncoders } from "./stream/stream-format.ts";
export type { MethodTranscoder, TranscoderOptions } from "./transcoder.ts";
export { compileTranscoder } from "./transcoder.ts";
export { compose } from "./transport/compose.ts";
export {
  deadlineExceeded,
  toCode,
  transportClosed,
  transportStatus,
} from "./transport/transport-status.ts";
