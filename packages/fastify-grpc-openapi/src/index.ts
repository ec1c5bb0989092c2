export type { CheckResult, LintLevel } from "./completeness/check-source.ts";
export { checkSource } from "./completeness/check-source.ts";
export type { Change, ChangeLevel } from "./diff/change.ts";
export { compareDocuments } from "./diff/compare-documents.ts";
export { markdownReport, textReport } from "./diff/report.ts";
export { buildDocument } from "./document/build-document.ts";
export type { DocumentSource } from "./document/document-context.ts";
export type { GrpcDocumentOptions } from "./document/document-options.ts";
export type { GoogleError } from "./error/error-responses.ts";
export type { Finding, FindingLevel, OnFinding } from "./finding.ts";
export { mergeDocuments } from "./merge/merge-documents.ts";
export type { OpenApiDocument } from "./openapi.ts";
export type { DocumentRoutes, FastifyGrpcOpenapiOptions } from "./options.ts";
export type { GrpcOpenapi } from "./plugin.ts";
export {
  fastifyGrpcOpenapi,
  fastifyGrpcOpenapi as "module.exports",
  fastifyGrpcOpenapi as default,
} from "./plugin.ts";
export type { OpenApiVersion } from "./version/lower-document.ts";
export { lowerDocument } from "./version/lower-document.ts";
