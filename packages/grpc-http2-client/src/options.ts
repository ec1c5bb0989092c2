import type { TransportCall } from "grpc-transcoding";
import type { MessageLimits } from "grpc-transcoding/internal";
import type { Balancing } from "./pool/pool.ts";
import type { TlsOptions } from "./tls/tls-options.ts";

/** How to reach a remote service. */
export interface Http2TransportOptions extends MessageLimits {
  /** `"library:50051"`, `"dns:///library:50051"`, `"unix:/run/library.sock"`, `"ipv4:10.0.0.1:50051,10.0.0.2:50051"`. */
  readonly target: string;
  /** TLS: true for the defaults. @default plaintext */
  readonly tls?: boolean | TlsOptions;
  /** What calls say in `:authority`. @default the target's host and port */
  readonly authority?: string;
  /** Stands before the client's own in `user-agent`. */
  readonly userAgent?: string;
  /** One address until it fails, or all in turn. @default "pick_first" */
  readonly balancing?: Balancing;
  /** How many connections to one address may be open, where the server limits the calls of one. @default 10 */
  readonly maxConnections?: number;
  /** From the first packet of a connection to the server's SETTINGS. @default 10_000 */
  readonly connectTimeoutMs?: number;
  /** A connection without calls is closed after this time; Infinity for never. @default 300_000 */
  readonly idleMs?: number;
  /** A connection takes no more calls after about this time. @default Infinity */
  readonly maxAgeMs?: number;
  /** A PING goes out when nothing came for this time while calls wait. @default Infinity, none */
  readonly keepaliveMs?: number;
  /** A connection is given up when a PING has no answer for this time. @default 20_000 */
  readonly keepaliveTimeoutMs?: number;
  /** PINGs also while no call waits; servers may refuse them. @default false */
  readonly keepaliveWithoutCalls?: boolean;
  /** After a failed attempt to connect: the first wait, and the longest. @default { initialMs: 250, maxMs: 20_000 } */
  readonly backoff?: { readonly initialMs?: number; readonly maxMs?: number };
  /**
   * Told the reason, which may name addresses, when a call ends without a status of the service: the
   * connection failed, or the upstream's answer is not gRPC as it should be. Clients are told less.
   */
  readonly onUnavailable?: (reason: string, call: TransportCall) => void;
}
