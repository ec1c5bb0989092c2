import type { IncomingHttpHeaders } from "node:http2";
import type { FastifyBaseLogger, FastifyRequest } from "fastify";
import type { CallObserver, MetadataEntry, Policy } from "grpc-transcoding";
import {
  type Admission,
  entryChanges,
  failureFromError,
  type MetadataChanges,
  replacesKey,
  runPolicies,
} from "grpc-transcoding/internal";
import type { LogsRequest } from "../logging/request-logging.ts";
import type { ObservedCalls } from "../observe/observed-calls.ts";
import { type StreamWatch, watchStream } from "../observe/watch-stream.ts";
import type { AdmitNative } from "../one-port/native-stream.ts";
import { authContextOf } from "./auth-context.ts";
import {
  type CodeOf,
  calledMethod,
  contextOfNative,
  isOver,
  type NativeCall,
  peerOf,
} from "./native-call.ts";
import { passedCall } from "./native-context.ts";
import type { NativeScope } from "./native-scope.ts";
import { refuseNative } from "./refuse-native.ts";

/** What stands before the native calls of one gateway or attached server. */
export interface NativeGuard {
  /** The name of the gateway or server. */
  readonly name: string;
  /** The hooks that calls pass first; undefined for none. */
  readonly scope: NativeScope | undefined;
  /** The services whose calls pass no hooks: probes. */
  readonly open: ReadonlySet<string>;
  /** As they are now: they may become more. */
  readonly policies: () => readonly Policy<FastifyRequest>[];
  /** The app's own metadata of a call, which replaces what the client sent; needs {@link scope}. */
  readonly metadata?:
    | ((request: FastifyRequest) => Iterable<MetadataEntry> | undefined)
    | undefined;
  readonly tenantOf: (headers: IncomingHttpHeaders) => string | undefined;
  readonly codeOf: CodeOf;
  readonly log: FastifyBaseLogger;
  readonly logsRequest: LogsRequest;
  /** Who sees the calls; undefined for nobody, ever. */
  readonly observed: ObservedCalls | undefined;
}

/** The way of a native call to its server: the scope's hooks, then the policies. */
export function admitNative(guard: NativeGuard): AdmitNative {
  return (native, pass) => {
    const { headers } = native;
    const method = calledMethod(headers[":path"] ?? "");
    const { scope, metadata } = guard;
    const policies = guard.policies();
    const needsRequest = scope?.hasHooks === true || metadata !== undefined;
    const entersScope = needsRequest && !guard.open.has(method.service);
    const tenant = guard.tenantOf(headers);
    const observer = guard.observed?.active;
    if (!entersScope && policies.length === 0 && tenant === undefined && observer === undefined) {
      pass(headers);
      return;
    }
    const call: NativeCall = {
      ...native,
      method,
      gateway: guard.name,
      tenant,
      codeOf: guard.codeOf,
      context: undefined,
      watch: undefined,
    };
    const enter = (): void => {
      if (!entersScope || scope === undefined) {
        judge(guard, call, undefined, headers, pass);
        return;
      }
      scope.enter(call, (request) => {
        judge(guard, call, request, headersAsLeft(headers, request.headers), pass);
      });
    };
    if (observer !== undefined) call.watch = watchCall(guard, observer, call);
    if (call.watch === undefined) enter();
    else call.watch.within(enter);
  };
}

function watchCall(
  { logsRequest }: NativeGuard,
  observer: CallObserver,
  call: NativeCall,
): StreamWatch | undefined {
  const { stream, headers, method, tenant } = call;
  return watchStream(observer, {
    stream,
    headers,
    path: method.path,
    tenant,
    peer: peerOf(stream),
    endOf: () => ({
      identity: call.context?.identity,
      isLogged: logsRequest(call.context?.request as FastifyRequest | undefined),
    }),
  });
}

function judge(
  guard: NativeGuard,
  call: NativeCall,
  request: FastifyRequest | undefined,
  headers: IncomingHttpHeaders,
  pass: (headers: IncomingHttpHeaders) => void,
): void {
  const { stream, tenant, method, gateway, watch } = call;
  const context = contextOfNative(call, request);
  const obey = ({ refuse, metadata }: Admission): void => {
    if (isOver(stream)) return;
    if (refuse !== undefined) refuseNative(stream, refuse, request?.id);
    else
      passedCall.run(
        { context, ...(tenant !== undefined && { tenant }) },
        watch === undefined ? pass : (changed) => watch.deliver(changed, pass),
        changeHeaders(headers, metadata),
      );
  };
  const log = request?.log ?? guard.log;
  const onError = (error: unknown): void =>
    log.error({ err: error, grpc: { method: method.path } }, "what guards a call failed");
  let own: MetadataChanges | undefined;
  try {
    own = request && entryChanges(guard.metadata?.(request) ?? []);
  } catch (error) {
    onError(error);
    refuseNative(stream, failureFromError(error), request?.id);
    return;
  }
  const verdict = runPolicies(
    guard.policies(),
    {
      protocol: "grpc",
      method,
      binding: undefined,
      gateway,
      tenant,
      headers,
      rawHeaders: call.rawHeaders,
      get peer() {
        return peerOf(stream);
      },
      get authContext() {
        return authContextOf(stream.session?.socket);
      },
      get identity() {
        return context.identity;
      },
      context,
      request,
    },
    onError,
    own,
  );
  if (verdict instanceof Promise) void verdict.then(obey);
  else obey(verdict);
}

/** Those of HTTP/2 and of gRPC's own framing: what they say has been acted upon. */
const fixed = new Set([
  "content-type",
  "te",
  "grpc-timeout",
  "grpc-encoding",
  "grpc-accept-encoding",
]);

function isFixed(name: string): boolean {
  return name.startsWith(":") || fixed.has(name);
}

/** The headers as the hooks left them. */
function headersAsLeft(
  received: IncomingHttpHeaders,
  left: IncomingHttpHeaders,
): IncomingHttpHeaders {
  const headers: IncomingHttpHeaders = Object.create(null);
  for (const name in received) if (isFixed(name)) headers[name] = received[name];
  for (const name in left) {
    // A name that a hook wrote in another case is the same header, and wins: received ones are lower-case.
    const key = name.toLowerCase();
    if (!isFixed(key) && (key !== name || headers[key] === undefined)) headers[key] = left[name];
  }
  return headers;
}

function changeHeaders(
  headers: IncomingHttpHeaders,
  changes: MetadataChanges | undefined,
): IncomingHttpHeaders {
  if (changes === undefined) return headers;
  const changed: IncomingHttpHeaders = Object.assign(Object.create(null), headers);
  for (const key in headers) if (!isFixed(key) && replacesKey(changes, key)) delete changed[key];
  for (const [key, values] of changes.values) {
    if (values.length > 0) changed[key] = values.map(asHeader);
  }
  return changed;
}

function asHeader(value: string | Uint8Array): string {
  return typeof value === "string" ? value : Buffer.from(value).toString("base64");
}
