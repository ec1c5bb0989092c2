import { type ContextKey, contextKey } from "./call-context.ts";
import type { Code } from "./code.ts";
import type { CallTiming, Interceptor } from "./transport.ts";

/** A call that has come to a gateway, before hooks and policies; or an HTTP request that the gateway refuses since no binding has it. */
export interface ObservedCall {
  /** Whether it came as an HTTP request or as native gRPC. */
  readonly protocol: "http" | "grpc";
  /** `"/package.Service/Method"`, of a native call as its client wrote it; undefined where no binding has the request. */
  readonly path: string | undefined;
  /** The path template with the gateway's prefix and the tenant's, `http.route`; undefined for native calls. */
  readonly template: string | undefined;
  /** As the request claims it, by the gateway's option `tenant`. */
  readonly tenant: string | undefined;
  /** Lower-case names, as they were received. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** `address:port` of the client, `"unknown"` when it has gone. */
  readonly peer: string;
  /** The HTTP framework's request; undefined for native calls. */
  readonly request: unknown;
}

/** The messages of a call, in protobuf bytes without framing. */
export interface MessageTally {
  /** Messages of the client, and their bytes. */
  messagesIn: number;
  bytesIn: number;
  /** Messages of the service, and their bytes. */
  messagesOut: number;
  bytesOut: number;
}

/** How a call has ended. */
export interface CallEnd {
  /** That of the answer; CANCELLED where the client has gone before it was complete. */
  readonly code: Code;
  /** The HTTP status that was sent; undefined for native calls, and where none was sent. */
  readonly statusCode: number | undefined;
  /** When the call came, and when its answer was complete, by `performance.now()`. */
  readonly began: number;
  readonly ended: number;
  /** The points between, as far as the call has got. */
  readonly timing: CallTiming;
  readonly tally: MessageTally;
  /** Who has called, as hooks and policies have said; undefined for nobody. */
  readonly identity: unknown;
  /** Whether the app wants this call in its log (`disableRequestLogging`). */
  readonly isLogged: boolean;
}

/** One call under observation. */
export interface CallObservation {
  /** Runs what follows inside the observer's async context: hooks, policies, the handler. */
  readonly within?: ((run: () => void) => void) | undefined;
  /** What replaces metadata of a native call that goes straight to a server of this process; undefined removes the key. */
  metadata?(): Readonly<Record<string, string | undefined>> | undefined;
  /** Told of each message that passes, and of its bytes. */
  message?(direction: "in" | "out", bytes: number): void;
  /** Called exactly once, and last. */
  end(end: CallEnd): void;
}

/** Sees every call of a gateway, whatever its protocol, from before its first hook to the end of its answer. Changes none of them. */
export interface CallObserver {
  /** Asked once, when the app is ready: whether there is anything to see. If not, nothing stands around calls. */
  start(): boolean;
  /** Whether it writes the log line of each call, in place of the gateway's own. Read after {@link start}. */
  readonly logs: boolean;
  /** Stands around every attempt of a call on a transport, inside all interceptors. Native calls straight to a server of this process make none. */
  readonly attempts?: Interceptor | undefined;
  /** A call has come; undefined for one that is not of interest. */
  begin(call: ObservedCall): CallObservation | undefined;
}

/** The observation of a call, in its context. */
export const observationKey: ContextKey<CallObservation | undefined> = contextKey<
  CallObservation | undefined
>("observation", undefined);
