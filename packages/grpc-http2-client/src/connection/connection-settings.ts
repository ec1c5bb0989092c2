/** How long connections live, and how they are watched. */
export interface ConnectionSettings {
  /** From the first packet to the peer's SETTINGS. */
  readonly connectTimeoutMs: number;
  /** Without a call, a connection ends after this time. */
  readonly idleMs: number;
  /** A connection takes no more calls after about this time; Infinity for no limit. */
  readonly maxAgeMs: number;
  /** A PING goes out when nothing came for this time; Infinity for none. */
  readonly keepaliveMs: number;
  /** A connection ends when a PING is not answered for this time. */
  readonly keepaliveTimeoutMs: number;
  /** PINGs also while there is no call. */
  readonly keepaliveWithoutCalls: boolean;
}
