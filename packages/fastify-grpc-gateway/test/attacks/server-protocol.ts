/** Which server a process runs. */
export type ServerSpec =
  /** node:http2 and node:http alone. */
  | { readonly kind: "bare" }
  /** The gRPC server that others pass calls on to. */
  | { readonly kind: "service" }
  /** A Fastify app with a gateway, over a server of its process or over an upstream's address. */
  | { readonly kind: "gateway"; readonly shape?: string; readonly upstream?: string };

/** What a server's process tells of itself; bytes. */
export interface ProcessReport {
  readonly rss: number;
  /** The largest resident set since the last `restart`. */
  readonly peakRss: number;
  /** JavaScript's heap and the memory that hangs on it, buffers included. */
  readonly heap: number;
  /** Exceptions and rejections that nobody caught. */
  readonly uncaught: readonly string[];
  readonly warnings: readonly string[];
  readonly live: LiveCounts;
}

/** What a server's process is asked to do before it reports; `restart` begins a new peak, after a garbage collection. */
export interface ServerRequest {
  readonly id: number;
  readonly does: "report" | "collect" | "restart" | "reload" | "close";
  readonly times?: number;
}

/** What is open in an attacked process. */
export interface LiveCounts {
  readonly http2Sessions: number;
  readonly grpcStreams: number;
  /** Connections that have not shown their protocol. */
  readonly undecidedSockets: number;
  /** Calls inside the service's handlers. */
  readonly calls: number;
}

/** A server as its own process sees it. */
export interface ProcessTarget {
  readonly port: number;
  readonly http1Port: number;
  live(): LiveCounts;
  /** Reloads the gateway so many times. */
  reload?(times: number): Promise<void>;
  /** Closes the app, not the process. */
  close?(): Promise<void>;
}
