export type {
  ErrorCondition,
  ErrorDeclarationConfig,
  ErrorExplanation,
  ErrorInfo,
  ErrorOutcome,
  ErrorRule,
  ErrorTable,
  ErrorTableConfig,
  Failure,
  FieldViolation,
  StatusErrorOptions,
} from "grpc-transcoding";
export {
  badRequestDetail,
  Code,
  errorInfoDetail,
  retryInfoDetail,
  rpcDetail,
  StatusError,
} from "grpc-transcoding";
export { failureFromError } from "grpc-transcoding/internal";
export type { ErrorAnswer, ErrorBody, ErrorRenderer } from "./body/error-body.ts";
export { grpcErrorHandler } from "./error-handler.ts";
export type { ErrorTableHooks } from "./error-table.ts";
export { createErrorTable } from "./error-table.ts";
export * from "./errors.ts";
export type { FastifyGrpcErrorsOptions } from "./options.ts";
export { toServiceError } from "./service/service-error.ts";
export type { ThrowingHandler } from "./service/throwing-handlers.ts";
export { throwingHandlers } from "./service/throwing-handlers.ts";
export { readTableFile } from "./table/table-file.ts";
