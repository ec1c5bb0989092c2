import { AsyncLocalStorage } from "node:async_hooks";
import { Http2ServerRequest, type ServerHttp2Stream } from "node:http2";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { MetadataEntry } from "grpc-transcoding";
import { failureFromError } from "grpc-transcoding/internal";
import { dropPrefix, hooksOf, onHookAdded } from "../fastify/internals.ts";
import { logCall } from "../logging/call-log.ts";
import { requestLogging } from "../logging/request-logging.ts";
import { addWildcardRoute } from "../mount/mount.ts";
import { mountsOf, presetConstraint } from "../mount/route-selection.ts";
import { codeOfEnd } from "../observe/watch-stream.ts";
import { isOver, type NativeCall } from "./native-call.ts";
import { NativeResponse } from "./native-response.ts";
import { refuseNative } from "./refuse-native.ts";

const callKey = Symbol.for("fastify-grpc.native-call.v1");

// Those that a native call meets; the others belong to a body that Fastify reads, or to an answer that it writes.
const guardingHooks = ["onRequest", "preValidation", "preHandler", "onResponse"];

/** A native call on its way through the hooks of a scope. */
interface EnteredCall {
  readonly call: NativeCall;
  readonly admitted: (request: FastifyRequest) => void;
}

type EnteredRequest = Http2ServerRequest & { [callKey]?: EnteredCall };

/** The hooks of one Fastify scope, for native calls. */
export interface NativeScope {
  /** Whether there is any to run; known once the app is ready. */
  readonly hasHooks: boolean;
  /** Lets calls enter even where there is no hook: something else wants to see a request. While plugins load. */
  demandRequests(): void;
  /** Runs them in order; calls back when all have passed, and answers the call otherwise. */
  enter(call: NativeCall, admitted: (request: FastifyRequest) => void): void;
}

/** The native call of a request; undefined for requests of HTTP. */
export function nativeCallOf(raw: object): NativeCall | undefined {
  return (raw as EnteredRequest)[callKey]?.call;
}

const opened = new WeakMap<FastifyInstance, NativeScope>();

/**
 * Opens a scope's hooks to native calls, by a route that nothing but them reaches: Fastify's own machinery runs the hooks
 * of the scope and its parents, on a request without a body. The first call for a scope must come while the app's
 * plugins load.
 */
export function openScope(fastify: FastifyInstance): NativeScope {
  const scope = opened.get(fastify) ?? createScope(fastify);
  opened.set(fastify, scope);
  return scope;
}

function createScope(fastify: FastifyInstance): NativeScope {
  // Also installs the constraint that finds the route.
  const constraint = `native:${mountsOf(fastify).length}:${++scopes}`;
  let hasHooks = false;
  let isDemanded = false;
  fastify.register(async (scope) => {
    const hooks = hooksOf(scope);
    hooks.preParsing = [];
    let isOpen = false;
    const open = (): void => {
      hasHooks ||= guardingHooks.some((name) => (hooks[name]?.length ?? 0) > 0);
      if (isOpen || (!hasHooks && !isDemanded)) return;
      isOpen = true;
      openRoute(scope, constraint);
    };
    open();
    // An app may add hooks after a gateway that it has awaited: they hold for its routes, and so for this one.
    onHookAdded(hooks, (name) => {
      // One that reads the payload would take the messages from the gRPC server.
      hooks.preParsing = [];
      if (guardingHooks.includes(name)) open();
    });
  });
  return {
    get hasHooks() {
      return hasHooks;
    },
    demandRequests() {
      isDemanded = true;
    },
    enter(call, admitted) {
      const { stream, headers, rawHeaders, codeOf } = call;
      // A copy: what hooks do to it must not change what the stream is.
      const seen = Object.assign(Object.create(null), headers);
      const request: EnteredRequest = new Http2ServerRequest(
        stream,
        seen,
        {},
        rawHeaders as string[],
      );
      request[callKey] = { call, admitted };
      presetConstraint(request, constraint);
      fastify.routing(request as never, new NativeResponse(stream, codeOf) as never);
    },
  };
}

let scopes = 0;

function openRoute(scope: FastifyInstance, constraint: string): void {
  dropPrefix(scope);
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", (_request, _payload, done) => done(null, undefined));
  scope.setErrorHandler(refuse);
  const logsRequest = requestLogging(scope);
  scope.addHook("onResponse", async (request) => {
    const entered = (request.raw as unknown as EnteredRequest)[callKey];
    if (entered === undefined || entered.call.watch?.logs || !logsRequest(request)) return;
    logCall(request, codeOfEnd(entered.call.stream), entered.call.method.path);
  });
  addWildcardRoute(scope, { constraint, prefix: "", methods: ["POST"], handler: admit });
}

/** The route's handler: every hook has let the call pass. */
function admit(request: FastifyRequest, reply: FastifyReply): void {
  const entered = (request.raw as unknown as EnteredRequest)[callKey];
  reply.hijack();
  if (entered === undefined) throw new Error("a request of HTTP reached the route of native calls");
  const { call, admitted } = entered;
  if (isOver(call.stream)) return;
  keepAsyncContext(call.stream);
  admitted(request);
}

/** A handler is called from an event of the stream, which knows nothing of the storages that hooks have entered. */
function keepAsyncContext(stream: ServerHttp2Stream): void {
  const within = AsyncLocalStorage.snapshot();
  const { emit } = stream;
  stream.emit = (...args: unknown[]) => within(() => Reflect.apply(emit, stream, args));
}

/** The scope's error handler: what a hook threw becomes the call's status. */
function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { call } = (request.raw as unknown as Required<EnteredRequest>)[callKey];
  const failure = failureFromError(error, call.codeOf, reply.statusCode);
  const headers = Object.entries(reply.getHeaders()).flatMap(([name, value]): MetadataEntry[] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  reply.hijack();
  const trailers = [...headers, ...(failure.trailers ?? [])];
  refuseNative(call.stream, { ...failure, trailers }, request.id);
}
