import type { Attributes, Context } from "@opentelemetry/api";
import type { FastifyRequest } from "fastify";
import type { ObservedCall } from "grpc-transcoding";
import type { OpenTelemetryApi } from "../api/load-api.ts";
import {
  CLIENT_ADDRESS,
  GATEWAY_NAME,
  HTTP_REQUEST_METHOD,
  HTTP_ROUTE,
  OLD_RPC_SERVICE,
  OLD_RPC_SYSTEM,
  OTHER,
  PROTOCOL_VERSION,
  RPC_METHOD,
  RPC_METHOD_ORIGINAL,
  RPC_SYSTEM_NAME,
  SERVER_ADDRESS,
  SERVER_PORT,
  URL_PATH,
  URL_SCHEME,
  USER_AGENT,
} from "../semantics/conventions.ts";
import { httpMethodLabel } from "../semantics/http-method.ts";
import { ServerSpanMark } from "./foreign-span.ts";
import type { ServerSpan } from "./server-span.ts";
import type { TraceContext } from "./trace-context.ts";
import type { Tracing } from "./tracing.ts";

/** Begins the server spans of a gateway's calls. */
export class CallSpans {
  readonly #tracing: Tracing;
  readonly #api: OpenTelemetryApi;
  readonly #traces: TraceContext;
  readonly #mark: ServerSpanMark;
  readonly #gateway: string;

  constructor(tracing: Tracing, gateway: string) {
    this.#tracing = tracing;
    this.#api = tracing.api;
    this.#traces = tracing.traces;
    this.#mark = new ServerSpanMark(tracing.api);
    this.#gateway = gateway;
  }

  begin(call: ObservedCall, method: string | undefined): ServerSpan {
    const { context, trace, SpanKind } = this.#api;
    const isCall = method !== undefined;
    const route = call.template;
    const active = context.active();
    const foreign = this.#mark.find(active);
    const attributes = this.#rpcAttributes(call, method);
    if (foreign !== undefined) {
      if (route !== undefined) attributes[HTTP_ROUTE] = route;
      if (foreign.metadata !== undefined && route !== undefined) foreign.metadata.route = route;
      foreign.span.setAttributes(attributes);
      return { span: foreign.span, context: active, foreign, route, isCall };
    }
    const { parent, links } = this.#traces.extract(call.headers);
    const request = call.request as FastifyRequest | undefined;
    const name =
      request === undefined ? spanName(method) : setHttpAttributes(attributes, request, route);
    if (request === undefined) attributes[CLIENT_ADDRESS] = addressOf(call.peer);
    const kind = SpanKind.SERVER;
    const span = this.#tracing.tracer.startSpan(
      name,
      links.length === 0 ? { kind, attributes } : { kind, attributes, links },
      parent,
    );
    return {
      span,
      context: this.#within(trace.setSpan(parent, span), span),
      foreign,
      route,
      isCall,
    };
  }

  /** What else is there begins spans only within ours. */
  #within(context: Context, span: ServerSpan["span"]): Context {
    return this.#tracing.marksServerSpans ? this.#mark.mark(context, span) : context;
  }

  #rpcAttributes({ path }: ObservedCall, method: string | undefined): Attributes {
    const attributes: Attributes = { [GATEWAY_NAME]: this.#gateway };
    return method === undefined
      ? attributes
      : addRpcAttributes(attributes, method, path, this.#tracing.withOldNames);
  }
}

/** Adds what tells the rpc. */
export function addRpcAttributes(
  attributes: Attributes,
  method: string,
  path: string | undefined,
  withOldNames: boolean,
): Attributes {
  attributes[RPC_SYSTEM_NAME] = "grpc";
  attributes[RPC_METHOD] = method;
  if (method === OTHER && path !== undefined) {
    attributes[RPC_METHOD_ORIGINAL] = path.slice(1, maxOriginal);
  }
  if (withOldNames) {
    attributes[OLD_RPC_SYSTEM] = "grpc";
    attributes[OLD_RPC_SERVICE] = method.slice(0, Math.max(0, method.indexOf("/")));
  }
  return attributes;
}

const maxOriginal = 256;

/** A span is named after its method, never by what a client wrote (rpc/rpc-spans.md). */
export function spanName(method: string | undefined): string {
  return method === undefined || method === OTHER ? "grpc" : method;
}

/** Returns the span's name: method and route (http/http-spans.md). */
function setHttpAttributes(
  attributes: Attributes,
  request: FastifyRequest,
  route: string | undefined,
): string {
  const { raw, headers } = request;
  const method = httpMethodLabel(raw.method ?? "");
  const target = raw.url ?? "";
  const end = target.search(/[?#]/);
  attributes[HTTP_REQUEST_METHOD] = method;
  attributes[URL_PATH] = end < 0 ? target : target.slice(0, end);
  attributes[URL_SCHEME] = request.protocol;
  attributes[PROTOCOL_VERSION] = raw.httpVersionMajor === 2 ? "2" : raw.httpVersion;
  attributes[CLIENT_ADDRESS] = request.ip;
  setServer(attributes, request.host);
  const agent = headers["user-agent"];
  if (agent !== undefined) attributes[USER_AGENT] = agent;
  if (route !== undefined) attributes[HTTP_ROUTE] = route;
  const name = method === OTHER ? "HTTP" : method;
  return route === undefined ? name : `${name} ${route}`;
}

/** The address, and the port that a client has named, of a `Host`. */
function setServer(attributes: Attributes, host: string): void {
  const [, address = host, port] = /^(.+?)(?::(\d{1,5}))?$/.exec(host) ?? [];
  attributes[SERVER_ADDRESS] = address;
  if (port !== undefined) attributes[SERVER_PORT] = Number(port);
}

/** The address of `address:port`. */
function addressOf(peer: string): string {
  const colon = peer.lastIndexOf(":");
  return colon < 0 ? peer : peer.slice(0, colon).replace(/^\[|\]$/g, "");
}
