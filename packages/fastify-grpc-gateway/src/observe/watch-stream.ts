import { AsyncLocalStorage } from "node:async_hooks";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { type CallObserver, type CallTiming, Code, toCode } from "grpc-transcoding";
import { CallWatch, type WatchedEnd } from "./call-watch.ts";
import { frameReader } from "./grpc-frames.ts";

/** A native call as its observer is told of it. */
export interface WatchedStream {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
  /** `"/package.Service/Method"`. */
  readonly path: string;
  readonly tenant: string | undefined;
  readonly peer: string;
  /** Asked when it has ended. */
  readonly endOf: () => Pick<WatchedEnd, "identity" | "isLogged">;
}

/** A watch over a native call, which ends with its stream. */
export class StreamWatch extends CallWatch {
  readonly #stream: ServerHttp2Stream;
  readonly #timing: CallTiming = {};

  constructor(
    { stream, endOf }: WatchedStream,
    ...watched: ConstructorParameters<typeof CallWatch>
  ) {
    super(...watched);
    this.#stream = stream;
    stream.once("close", () => {
      const { identity, isLogged } = endOf();
      this.end({
        code: codeOfEnd(stream),
        statusCode: undefined,
        timing: this.#timing,
        identity,
        isLogged,
      });
    });
  }

  /** Hands the call to its server: its messages are counted, and its handler runs inside the observer's async context. */
  deliver(headers: IncomingHttpHeaders, pass: (headers: IncomingHttpHeaders) => void): void {
    this.#timing.selected = performance.now();
    this.#countMessages();
    if (this.observation.within !== undefined) this.#keepAsyncContext();
    const changes = this.observation.metadata?.();
    if (changes === undefined) {
      pass(headers);
      return;
    }
    const changed: IncomingHttpHeaders = Object.assign(Object.create(null), headers);
    for (const key in changes) {
      const value = changes[key];
      if (value === undefined) delete changed[key];
      else changed[key] = value;
    }
    pass(changed);
  }

  #countMessages(): void {
    const stream = this.#stream;
    const received = frameReader((bytes) => this.received(bytes));
    const sent = frameReader((bytes) => this.sent(bytes));
    const emit = stream.emit as (...args: unknown[]) => boolean;
    const write = stream.write as (chunk: unknown, ...rest: unknown[]) => boolean;
    stream.emit = (...args: unknown[]) => {
      // Some of it may be in the stream's buffer before anybody can count what comes in.
      if (args[0] === "data") received(args[1] as Uint8Array);
      return emit.apply(stream, args);
    };
    stream.write = (chunk: unknown, ...rest: unknown[]) => {
      if (chunk instanceof Uint8Array) sent(chunk);
      return write.call(stream, chunk, ...rest);
    };
  }

  /** A handler is called from an event of the stream, which knows nothing of the observer's async context. */
  #keepAsyncContext(): void {
    const stream = this.#stream;
    const inside = AsyncLocalStorage.snapshot();
    const emit = stream.emit as (...args: unknown[]) => boolean;
    stream.emit = (...args: unknown[]) => inside(() => Reflect.apply(emit, stream, args));
  }
}

/** Begins to watch a native call; undefined where it is not of interest. */
export function watchStream(
  observer: CallObserver,
  watched: WatchedStream,
): StreamWatch | undefined {
  const { headers, path, tenant, peer } = watched;
  const observation = observer.begin({
    protocol: "grpc",
    path,
    template: undefined,
    tenant,
    headers,
    peer,
    request: undefined,
  });
  return observation && new StreamWatch(watched, observation, observer.logs);
}

/** The gRPC code that a stream was closed with; CANCELLED where it was reset before it had one. */
export function codeOfEnd({ sentTrailers, sentHeaders }: ServerHttp2Stream): Code {
  const status = sentTrailers?.["grpc-status"] ?? sentHeaders?.["grpc-status"];
  return status === undefined ? Code.CANCELLED : toCode(Number(status));
}
