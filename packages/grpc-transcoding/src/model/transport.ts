import type { DescMessage } from "@bufbuild/protobuf";
import type { CallContext } from "./call-context.ts";
import type { MetadataEntries } from "./metadata.ts";
import type { Status } from "./status.ts";

/** What a transport must know of a method: its wire path and which sides stream. */
export interface TransportMethod {
  /** `"/package.Service/Method"`. */
  readonly path: string;
  readonly clientStreaming: boolean;
  readonly serverStreaming: boolean;
  /** The type of its requests, where the schema has it. */
  readonly input?: DescMessage;
}

/** When a call ends at the latest. */
export interface Deadline {
  /** Milliseconds since the epoch; `Infinity` for none. */
  readonly at: number;
  /** Who set it: the client by `grpc-timeout`, or the gateway's default. */
  readonly source: "client" | "gateway";
}

/** The client certificate and security of the connection that the request came over. */
export interface AuthContext {
  readonly transportSecurityType?: string;
  /** As `tls.TLSSocket.getPeerCertificate()` answers. */
  readonly sslPeerCertificate?: object;
}

/** Points in time of one call by `performance.now()`, filled in as the call proceeds; for logs and telemetry. */
export interface CallTiming {
  selected?: number;
  decoded?: number;
  sent?: number;
  /**
   * When it ended before anything of it had left for the service: who makes it again makes it for the first time. Transports take
   * it off a call that they start again.
   */
  refused?: number | undefined;
  headers?: number;
  encoded?: number;
  /** The first attempt was handed to the transport; the service's status came. Only of calls that are observed. */
  dispatched?: number;
  answered?: number;
  /** How long the messages of a stream took to encode, in milliseconds. Only of calls that are observed. */
  encodingMs?: number;
}

/** One call on its way to a service. */
export interface TransportCall {
  readonly method: TransportMethod;
  readonly metadata: MetadataEntries;
  readonly deadline: Deadline;
  /** `address:port` of the HTTP client. */
  readonly peer: string;
  readonly authContext?: AuthContext;
  readonly tenant?: string;
  /** What hooks and policies tell interceptors of the call; its `request` is the HTTP framework's. */
  readonly context?: CallContext;
  readonly timing: CallTiming;
}

/**
 * Who ended a call.
 * - `"service"`: its handler; code and message are the handler's.
 * - `"upstream"`: what answers for the service broke the protocol: a message over the limit, two messages of a
 *   method that does not stream its responses, malformed frames, an answer that is not gRPC, an end without a
 *   response or a status. The message is the transport's own and shown to clients: it names no address and
 *   nothing that a peer chose but a short, sanitised content type.
 * - `"transport"`: it ended on the way: deadline, connection, cancel, a request over the limit. The message
 *   is the transport's own.
 */
export type CallOrigin = "service" | "upstream" | "transport";

/**
 * Where a transport reports a call. Order: `onHeaders` at most once and before any message; messages
 * only as they were asked for by {@link CallHandle.read}; `onStatus` exactly once and last. A method that
 * does not stream its responses reports at most one message, and OK only with one. Nothing
 * is reported before {@link Transport.start} has returned, but any report may come inside a call of the
 * handle's `send`, `halfClose` or `read`.
 */
export interface CallReceiver {
  onHeaders(metadata: MetadataEntries): void;
  /** One message's bytes, which the transport never touches again. */
  onMessage(bytes: Uint8Array): void;
  /**
   * `status.details` is empty; `grpc-status-details-bin` stands in the trailers. `origin` is
   * `"service"` where it is left out.
   */
  onStatus(status: Status, trailers: MetadataEntries, origin?: CallOrigin): void;
}

/** The caller's side of a running call. */
export interface CallHandle {
  /** Sends one message; the bytes must not change afterwards. `onAccepted` tells that the next may be sent. */
  send(bytes: Uint8Array, onAccepted?: () => void): void;
  /** No more messages will be sent. */
  halfClose(): void;
  /** Asks for one more message. */
  read(): void;
  /** Ends the call; `onStatus` reports the given status. Idempotent, and without effect after `onStatus`. */
  cancel(status: Status): void;
}

/**
 * How bytes reach a service. One streaming-shaped call for all four method kinds, without a promise,
 * an AbortController or a stream object per call. An interceptor is a function
 * {@link Interceptor} from transport to transport.
 */
export interface Transport {
  start(call: TransportCall, receiver: CallReceiver): CallHandle;
  /** How many calls have not ended: a gauge. */
  readonly liveCalls?: number;
  /** Releases channels and timers; calls in flight end with UNAVAILABLE. */
  close?(): void | Promise<void>;
}

/** Wraps a transport: deadline, breaker, telemetry. */
export type Interceptor = (next: Transport) => Transport;
