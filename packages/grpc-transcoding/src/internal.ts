// For the packages of this repository, which are released together. It may change in any release.

export { suggestion } from "proto-to-descriptor";
export { templateSignature } from "./http/parse-path-template.ts";
export { conflictProblems, findRouteConflicts } from "./http/route-conflicts.ts";
export { throwRuleErrors } from "./http/rule-problem.ts";
export { enumValueName } from "./json/enum-names.ts";
export { isWellFormed } from "./json/is-well-formed.ts";
export type { DeadlineOptions, MethodDeadline } from "./metadata/deadline.ts";
export { compileDeadline } from "./metadata/deadline.ts";
export { replaceMetadata } from "./metadata/replace-metadata.ts";
export { compileRequestMetadata } from "./metadata/request-metadata.ts";
export type { ResponseHeaders } from "./metadata/response-headers.ts";
export { compileResponseHeaders } from "./metadata/response-headers.ts";
export type { WeightedValue } from "./metadata/weighted-list.ts";
export { parseWeightedList } from "./metadata/weighted-list.ts";
export { observationKey } from "./model/call-observer.ts";
export { decodeBase64, isBinaryKey, isLegalKey, isLegalText } from "./model/metadata-value.ts";
export { outlivesClient } from "./model/outlives-client.ts";
export {
  isDeniedRequestKey,
  isDeniedResponseHeader,
  isUnsendableKey,
} from "./model/reserved-keys.ts";
export { onceAMinute } from "./once-a-minute.ts";
export type { MatchesMethod } from "./option/method-pattern.ts";
export type {
  Members,
  NumberBounds,
  OptionErrors,
  OptionReaders,
  ReadOption,
} from "./option/option-readers.ts";
export { optionReaders } from "./option/option-readers.ts";
export { memberPath, quote } from "./option/quote.ts";
export type { MetadataChanges } from "./policy/metadata-changes.ts";
export { changeEntries, entryChanges, replacesKey } from "./policy/metadata-changes.ts";
export type { Admission } from "./policy/run-policies.ts";
export { runPolicies } from "./policy/run-policies.ts";
export type { SourcedField } from "./request/bind-path.ts";
export type { RequestValidation } from "./request/validate-request.ts";
export { compileValidation } from "./request/validate-request.ts";
export {
  bodyTag,
  entityTagOf,
  isNoneMatch,
  opaqueTag,
  parseTagList,
} from "./response/entity-tag.ts";
export type { FieldText } from "./response/field-text.ts";
export { compileFieldText } from "./response/field-text.ts";
export { compileMaskedResponse, maskedMessage } from "./response/masked-response.ts";
export { compileMessagePath } from "./response/message-path.ts";
export { prettyJson } from "./response/pretty-json.ts";
export { compileReadMask } from "./response/read-mask.ts";
export type { ResponseEncoder } from "./response/response-encoder.ts";
export { parseResponseMask } from "./response/response-mask.ts";
export type { EventFieldNames } from "./schema/event-fields.ts";
export { eventFieldNames, resolveEventFields } from "./schema/event-fields.ts";
export { loadSchemaInTurns } from "./schema/load-in-turns.ts";
export { resolveRestRule } from "./schema/rest/rest-rule.ts";
export type { RuleWords } from "./schema/rest/rule-words.ts";
export type { FileSource } from "./schema/source/compile-source.ts";
export { findProtoFiles } from "./schema/source/proto-files.ts";
export { compileSourcedRequest, type DecodeSourcedRequest } from "./sourced-request.ts";
export { declaredResponse, declaredStatus } from "./status/declared-response.ts";
export { detailToJson, detailType, errorInfoOf } from "./status/detail-json.ts";
export { gatewayDomain } from "./status/error-details.ts";
export { errorHeaders, isFieldValue, joinVary, keepsChallenge } from "./status/error-headers.ts";
export { failureFromError, grpcFailureFromError } from "./status/failure-from-error.ts";
export { failureOf } from "./status/failure-of.ts";
export { failureHttpStatus } from "./status/http-status.ts";
export { rpcDetailTypes } from "./status/rpc-types.ts";
export { gatewayError } from "./status/status-error.ts";
export type { VisibleStatus } from "./status/visible-status.ts";
export { visibleStatus } from "./status/visible-status.ts";
export { parseAccept, rateMediaType } from "./stream/accept.ts";
export type { EventReader } from "./stream/event-reader.ts";
export { compileEventReader } from "./stream/event-reader.ts";
export { selectStreamEncoder, streamFormatNames } from "./stream/stream-format.ts";
export { endedCall } from "./transport/ended-call.ts";
export type { MessageLimits, ResolvedLimits } from "./transport/message-limits.ts";
export {
  defaultMaxBytes,
  exceeds,
  requestTooLarge,
  responseTooLarge,
} from "./transport/message-limits.ts";
export { codeOfAnswer, isGrpcContentType, notGrpc } from "./transport/not-grpc.ts";
export {
  connectionLost,
  malformedAnswer,
  missingResponse,
  secondResponse,
  upstreamCancelled,
  upstreamRefused,
  upstreamReset,
  upstreamUnreachable,
  withoutStatus,
} from "./transport/upstream-faults.ts";
export { compileFindField } from "./wire/field-finder.ts";
