import { contextKey, type PolicyCall, type TransportCall } from "grpc-transcoding";
import { isWellFormed } from "grpc-transcoding/internal";

const isNative = contextKey("fastify-grpc-policies: native", false);

/** Marks the calls of native clients, who write the bytes of their messages themselves. */
export function markNative({ protocol, context }: PolicyCall): void {
  if (protocol === "grpc") context.set(isNative, true);
}

/** The request of a call that was marked; undefined for others, whose messages are ours. */
export function nativeRequestOf(call: TransportCall): NativeRequest | undefined {
  return call.context?.get(isNative) ? new NativeRequest(call.method) : undefined;
}

/** What a native client has sent: a service may answer a malformed message with INTERNAL, as if it had failed. */
export class NativeRequest {
  readonly #method: TransportCall["method"];
  #first: Uint8Array | undefined;
  #messages = 0;

  constructor(method: TransportCall["method"]) {
    this.#method = method;
  }

  add(bytes: Uint8Array): void {
    this.#first ??= bytes;
    this.#messages += 1;
  }

  /** Whether it is surely one message of its type. Never so where the client streams: those messages are not kept. */
  get isWellFormed(): boolean {
    const { clientStreaming, input } = this.#method;
    if (clientStreaming || input === undefined || this.#messages > 1) return false;
    return this.#first !== undefined && isWellFormed(input, this.#first);
  }
}
