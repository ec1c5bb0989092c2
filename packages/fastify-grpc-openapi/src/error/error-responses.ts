import {
  Code,
  type ErrorBodyFormat,
  type ErrorResponse,
  type Failure,
  type FailureOrigin,
  type HttpBinding,
} from "grpc-transcoding";
import type { DocumentContext } from "../context/document-context.ts";
import { restOf } from "../context/rest-of.ts";
import type { HeaderObject, MediaTypeObject, ResponseObject } from "../model/openapi.ts";
import { errorBodySchema, errorMediaType } from "./error-body.ts";
import { errorExample, exampleName } from "./error-example.ts";

/** One entry of `x-google-errors`: `code`, `message` and `details` (the fields it is about), and what we add. */
export interface GoogleError {
  readonly code: string;
  readonly message: string;
  readonly details: readonly string[];
  readonly reason?: string;
  readonly domain?: string;
  readonly detailTypes?: readonly string[];
  readonly retryable?: boolean;
}

/**
 * The error responses of an operation by HTTP status, as the live error table answers them: declared
 * errors, those of the gateway's policies, and `default` for all others.
 */
export function errorResponses(
  binding: HttpBinding,
  context: DocumentContext,
): Record<string, ResponseObject> {
  const byStatus = new Map<number, ErrorResponse[]>();
  for (const error of knownErrors(binding, context)) {
    const same = byStatus.get(error.statusCode);
    if (same) same.push(error);
    else byStatus.set(error.statusCode, [error]);
  }
  const responses: Record<string, ResponseObject> = {};
  for (const [status, errors] of [...byStatus].sort(([a], [b]) => a - b)) {
    responses[status] = errorResponse(errors, binding, context);
  }
  responses.default = {
    description: "Any other failure.",
    content: errorContent(context, () => undefined),
  };
  return responses;
}

function knownErrors(binding: HttpBinding, context: DocumentContext): readonly ErrorResponse[] {
  const { method } = binding;
  const declared = context.errors.responsesOf(method);
  const added = [
    ...gatewayErrors(binding, context),
    ...(context.source.policies ?? []).flatMap((policy) => policy.responsesOf?.(method) ?? []),
  ];
  const plain = (error: ErrorResponse): string => `${error.statusCode} ${error.code}`;
  const known = new Set(declared.filter((error) => !error.reason).map(plain));
  return [
    ...declared,
    ...added.filter((error) => error.reason !== undefined || !known.has(plain(error))),
  ];
}

/** What the gateway itself answers: requests that are not the method's, and calls that take too long. */
function gatewayErrors(binding: HttpBinding, context: DocumentContext): ErrorResponse[] {
  const takesInput = binding.body !== undefined || binding.method.input.fields.length > 0;
  const errors: ErrorResponse[] = [];
  if (takesInput) {
    const message = "The request has a value that the method does not take.";
    errors.push(mapped("INVALID_ARGUMENT", message, "gateway", binding, context));
  }
  if (!binding.method.serverStreaming && !binding.method.clientStreaming) {
    const message = "The call took longer than its deadline allows.";
    errors.push(mapped("DEADLINE_EXCEEDED", message, "transport", binding, context));
  }
  if (binding.ranges) {
    const message = "The file has no such part.";
    const http = { statusCode: 416, headers: { "content-range": "bytes */0" } };
    errors.push(mapped("OUT_OF_RANGE", message, "service", binding, context, http));
  }
  const { etag, produces, consumes } = restOf(binding, context);
  if (produces !== undefined) {
    const message = "The answer is offered as none of the types that Accept names.";
    const http = { statusCode: 406 };
    errors.push(mapped("INVALID_ARGUMENT", message, "gateway", binding, context, http));
  }
  if (consumes !== undefined) {
    const message = "The body's type is not read here.";
    const http = { statusCode: 415, headers: { accept: consumes.join(", ") } };
    errors.push(mapped("INVALID_ARGUMENT", message, "gateway", binding, context, http));
  }
  if (etag?.ifMatch !== undefined) {
    const message = "The resource is in another state than the one that If-Match names.";
    errors.push(mapped("ABORTED", message, "service", binding, context, { statusCode: 412 }));
  }
  if (etag?.required) {
    const message = "The request names no state: send If-Match.";
    const http = { statusCode: 428 };
    errors.push(mapped("FAILED_PRECONDITION", message, "gateway", binding, context, http));
  }
  return errors;
}

function mapped(
  code: keyof typeof Code,
  message: string,
  origin: FailureOrigin,
  { method }: HttpBinding,
  { errors, schema, json }: DocumentContext,
  http?: NonNullable<Failure["http"]>,
): ErrorResponse {
  const status = { code: Code[code], message, details: [] };
  const failure = http === undefined ? { status, origin } : { status, origin, http };
  const { statusCode, headers } = errors.toHttp(failure, { method, schema, json });
  return {
    statusCode,
    code,
    message,
    details: [],
    detailTypes: [],
    headers: documentedHeaders.filter((name) => name in headers),
  };
}

const documentedHeaders = ["retry-after", "allow", "www-authenticate", "content-range", "accept"];

const headerObjects: Readonly<Record<string, readonly [string, HeaderObject]>> = {
  "retry-after": [
    "Retry-After",
    { description: "Seconds to wait before the next attempt.", schema: { type: "integer" } },
  ],
  allow: ["Allow", { description: "The methods that the path has.", schema: { type: "string" } }],
  "www-authenticate": [
    "WWW-Authenticate",
    { description: "How to authenticate.", schema: { type: "string" } },
  ],
  accept: ["Accept", { description: "The types that are read.", schema: { type: "string" } }],
  "content-range": [
    "Content-Range",
    { description: "How large the file is: `bytes */4096`.", schema: { type: "string" } },
  ],
};

function errorResponse(
  errors: readonly ErrorResponse[],
  binding: HttpBinding,
  context: DocumentContext,
): ResponseObject {
  const lines = errors.map((error) =>
    error.message ? `${error.code}: ${error.message}` : error.code,
  );
  const headers = Object.fromEntries(
    errors
      .flatMap((error) => error.headers)
      .map((name) => headerObjects[name] ?? [name, { schema: { type: "string" } }]),
  );
  return {
    description: [...new Set(lines)].join(" | "),
    ...(Object.keys(headers).length > 0 && { headers }),
    content: errorContent(context, (format) => examplesOf(errors, format, binding, context)),
    "x-google-errors": errors.map((error) => googleError(error, binding)),
  };
}

function errorContent(
  context: DocumentContext,
  examples: (format: ErrorBodyFormat) => MediaTypeObject["examples"],
): Record<string, MediaTypeObject> {
  const content: Record<string, MediaTypeObject> = {};
  for (const format of context.errors.bodyFormats) {
    const mediaType = errorMediaType(format);
    const schema = errorBodySchema(format, context);
    const before = content[mediaType];
    if (before?.schema !== undefined) {
      before.schema = { anyOf: [before.schema, schema] };
      continue;
    }
    const shown = examples(format);
    content[mediaType] = { schema, ...(shown !== undefined && { examples: shown }) };
  }
  return content;
}

function examplesOf(
  errors: readonly ErrorResponse[],
  format: ErrorBodyFormat,
  binding: HttpBinding,
  context: DocumentContext,
): MediaTypeObject["examples"] {
  const examples = errors.flatMap((error) => {
    const value = errorExample(error, format, binding, context);
    return value === undefined ? [] : [[exampleName(error), { value }] as const];
  });
  return examples.length === 0 ? undefined : Object.fromEntries(examples);
}

function googleError(error: ErrorResponse, binding: HttpBinding): GoogleError {
  const declaration = binding.method.errors.find(
    ({ code, reason, message }) =>
      code === error.code && reason === (error.reason ?? "") && message === error.message,
  );
  return {
    code: error.code,
    message: error.message,
    details: error.details,
    ...(error.reason !== undefined && { reason: error.reason }),
    ...(error.domain !== undefined && { domain: error.domain }),
    ...(error.detailTypes.length > 0 && { detailTypes: error.detailTypes }),
    ...(declaration !== undefined && { retryable: declaration.retryable }),
  };
}
