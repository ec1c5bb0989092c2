import type { FastifyBaseLogger, FastifyRequest } from "fastify";
import { type CallEnd, codeName, type ObservedCall } from "grpc-transcoding";
import { splitTiming } from "../timing/split-timing.ts";
import type { AccessLogSettings } from "./access-log-settings.ts";
import { identityText } from "./identity-text.ts";
import { redactedHeaders } from "./redacted-headers.ts";
import { clientTraceIds, type TraceIds } from "./trace-ids.ts";

/** What the log has of a call that has ended. */
export interface LoggedCall {
  readonly call: ObservedCall;
  readonly gateway: string;
  readonly end: CallEnd;
  /** How often a transport was asked. */
  readonly attempts: number;
  /** Of the call's own span; undefined where there is none. */
  readonly ids: TraceIds | undefined;
}

/** Writes one line for each call, of the same shape whatever its protocol. */
export class AccessLog {
  readonly #log: FastifyBaseLogger;
  readonly #settings: AccessLogSettings;

  constructor(log: FastifyBaseLogger, settings: AccessLogSettings) {
    this.#log = log;
    this.#settings = settings;
  }

  write({ call, gateway, end, attempts, ids }: LoggedCall): void {
    const { headers: names, always } = this.#settings;
    if (!always && !end.isLogged) return;
    const request = call.request as FastifyRequest | undefined;
    // The request's own logger has its id.
    const log = request?.log ?? this.#log;
    // Not among the types of Fastify's logger, but Pino's has it.
    const { isLevelEnabled } = log as { readonly isLevelEnabled?: (level: string) => boolean };
    if (isLevelEnabled?.call(log, "info") === false) return;
    const { tally } = end;
    const line: Record<string, unknown> = { gateway };
    if (call.tenant !== undefined) line.tenant = call.tenant;
    if (call.path !== undefined) {
      line.grpc = { method: call.path, code: codeName(end.code) };
    }
    if (request !== undefined) {
      line.http = { method: request.method, route: call.template, status: end.statusCode };
    }
    line.peer = request === undefined ? call.peer : request.ip;
    const identity = identityText(end.identity, this.#settings);
    if (identity !== undefined) line.identity = identity;
    const { traceId, spanId } = ids ?? clientTraceIds(call.headers.traceparent) ?? {};
    if (traceId !== undefined) {
      line.traceId = traceId;
      line.spanId = spanId;
    }
    const shown = redactedHeaders(call.headers, names);
    if (shown !== undefined) line.headers = shown;
    line.messagesIn = tally.messagesIn;
    line.messagesOut = tally.messagesOut;
    line.bytesIn = tally.bytesIn;
    line.bytesOut = tally.bytesOut;
    if (attempts > 1) line.attempts = attempts;
    line.durationMs = round(end.ended - end.began);
    const { queue, transcodeIn, upstream, transcodeOut } = splitTiming(end);
    if (queue !== undefined) {
      line.splitMs = {
        queue: round(queue),
        transcodeIn: transcodeIn && round(transcodeIn),
        upstream: upstream && round(upstream),
        transcodeOut: transcodeOut && round(transcodeOut),
      };
    }
    log.info(line, "grpc call");
  }
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
