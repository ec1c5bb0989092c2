import { type CallOrigin, Code, type Transport } from "grpc-transcoding";
import { type HealthCodec, healthService } from "./health-codec.ts";

// So many probes, and no more, cost an upstream one call.
const freshMs = 1_000;

/** Asks an upstream whether it serves; several askers share an answer for a second. */
export class UpstreamHealth {
  readonly #transport: Transport;
  readonly #codec: HealthCodec;
  readonly #timeoutMs: number;
  #asked: { readonly at: number; readonly serves: Promise<boolean> } | undefined;

  constructor(transport: Transport, codec: HealthCodec, timeoutMs: number) {
    this.#transport = transport;
    this.#codec = codec;
    this.#timeoutMs = timeoutMs;
  }

  serves(): Promise<boolean> {
    const now = performance.now();
    if (this.#asked === undefined || now - this.#asked.at > freshMs) {
      this.#asked = { at: now, serves: this.#ask() };
    }
    return this.#asked.serves;
  }

  /** By `Check` of all services. What does not know that is there, if it answers at all. */
  #ask(): Promise<boolean> {
    return new Promise((resolve) => {
      let serves = false;
      const path = `/${healthService}/Check`;
      const handle = this.#transport.start(
        {
          method: { path, clientStreaming: false, serverStreaming: false },
          metadata: [],
          deadline: { at: Date.now() + this.#timeoutMs, source: "gateway" },
          peer: "unknown",
          timing: {},
        },
        {
          onHeaders() {},
          onMessage: (bytes) => {
            serves = this.#codec.saysServing(bytes);
          },
          onStatus: ({ code }, _trailers, origin) =>
            resolve(code === Code.OK ? serves : isThere(code, origin)),
        },
      );
      handle.send(Buffer.alloc(0));
      handle.halfClose();
      handle.read();
    });
  }
}

function isThere(code: Code, origin: CallOrigin = "service"): boolean {
  return origin === "service" && code !== Code.UNAVAILABLE && code !== Code.DEADLINE_EXCEEDED;
}
