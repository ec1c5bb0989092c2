import type { FastifyReply, FastifyRequest } from "fastify";
import {
  Code,
  defaultErrorMapper,
  type ErrorContext,
  type ErrorMapper,
  type Failure,
  type HttpError,
  type JsonOptions,
  type MetadataEntries,
  type Schema,
} from "grpc-transcoding";
import {
  failureFromError,
  isFieldValue,
  joinVary,
  keepsChallenge,
} from "grpc-transcoding/internal";
import type { LogsRequest } from "../logging/request-logging.ts";
import { tellEnd } from "../observe/call-end.ts";

/** What answering a failure needs of its gateway. Members are live. */
export interface FailureAnswers {
  /** Known once the app is ready. */
  readonly mapper: ErrorMapper;
  schemaOf(request: FastifyRequest): Schema;
  readonly json: JsonOptions;
  /** What the `WWW-Authenticate` of UNAUTHENTICATED is: by the error table, or the status's message. */
  readonly challenge: "table" | "message";
  tenant(request: FastifyRequest): string | undefined;
  /** Whether a failure's body is a line of grpc-gateway's streams, although no message was sent. */
  wrapsFailure(request: FastifyRequest, failure: Failure): boolean;
  /** The methods that a request's path has beside its own. */
  otherMethods(request: FastifyRequest): readonly string[];
  setResponseHeaders(reply: FastifyReply, metadata: MetadataEntries): void;
  readonly logsRequest: LogsRequest;
}

/**
 * The error handler of a gateway's scope: everything that fails on its routes, in hooks, parsers and
 * calls alike, is answered by the error table.
 */
export function answerFailure(
  gateway: FailureAnswers,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const codeOf = gateway.mapper.codeOf?.bind(gateway.mapper);
  const failure = failureFromError(error, codeOf, reply.statusCode);
  const { statusCode, headers, body } = mapFailure(gateway, failure, request);
  logFailure(gateway, failure, request, error);
  const challenge = reply.getHeader("www-authenticate");
  reply.code(statusCode);
  if (failure.trailers !== undefined) gateway.setResponseHeaders(reply, failure.trailers);
  const vary = headers.vary && joinVary(reply.getHeader("vary"), headers.vary);
  reply.headers(headers);
  if (keepsChallenge(failure, challenge)) reply.header("www-authenticate", challenge);
  else if (gateway.challenge === "message" && isChallenge(failure)) {
    reply.header("www-authenticate", failure.status.message);
  }
  if (vary) reply.header("vary", vary);
  // As a Buffer, so that Fastify leaves the content type as the table has it.
  reply.send(Buffer.from(gateway.wrapsFailure(request, failure) ? `{"error":${body}}\n` : body));
}

/** A peer chose the message: no other header must come of it, nor a head that clients refuse. */
const maxChallengeLength = 1024;

/** Whether a failure's message is sent as a challenge. A failure with headers of its own knows better. */
function isChallenge({ status: { code, message }, http }: Failure): boolean {
  return (
    code === Code.UNAUTHENTICATED &&
    http === undefined &&
    message !== "" &&
    message.length <= maxChallengeLength &&
    isFieldValue(message)
  );
}

/** Failures of ours or of the service that somebody has to look at; clients cause the others at will. */
const faults: ReadonlySet<number> = new Set([Code.UNKNOWN, Code.INTERNAL, Code.DATA_LOSS]);

function logFailure(
  { logsRequest }: FailureAnswers,
  { status }: Failure,
  request: FastifyRequest,
  error: unknown,
): void {
  if (faults.has(status.code) && logsRequest(request)) {
    request.log.error({ err: error }, status.message);
  }
  tellEnd(request, status.code, logsRequest);
}

/**
 * The table's answer to a failure on a request; `inStream` once messages have been sent. A table that
 * throws must not end the process: then the default one answers.
 */
export function mapFailure(
  gateway: MappedBy & Pick<FailureAnswers, "mapper">,
  failure: Failure,
  request: FastifyRequest,
  inStream = false,
): HttpError {
  const context = contextOf(gateway, request, inStream);
  try {
    return gateway.mapper.toHttp(failure, context);
  } catch (error) {
    request.log.error({ err: error }, "the error table threw");
    return defaultErrorMapper.toHttp(failure, context);
  }
}

/** What the error table is told of a gateway. */
type MappedBy = Pick<FailureAnswers, "schemaOf" | "json" | "tenant" | "otherMethods">;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

// Assigned member by member: spreading optional ones costs more than the rest of an answer.
function contextOf(gateway: MappedBy, request: FastifyRequest, inStream: boolean): ErrorContext {
  const { url } = request;
  const end = url.search(/[?#]/);
  const context: Mutable<ErrorContext> = {
    requestId: request.id,
    path: end < 0 ? url : url.slice(0, end),
    schema: gateway.schemaOf(request),
    json: gateway.json,
    inStream,
    allow: () => gateway.otherMethods(request),
  };
  const { accept, "accept-language": acceptLanguage } = request.headers;
  const { grpcBinding } = request;
  if (accept !== undefined) context.accept = accept;
  if (acceptLanguage !== undefined) context.acceptLanguage = acceptLanguage;
  const tenant = gateway.tenant(request);
  if (tenant !== undefined) context.tenant = tenant;
  if (grpcBinding) context.method = grpcBinding.binding.method;
  return context;
}
