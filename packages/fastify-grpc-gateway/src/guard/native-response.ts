import type { OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { Code } from "grpc-transcoding";
import { SafeResponse } from "../one-port/safe-response.ts";
import { answerStatus } from "../one-port/trailers-only.ts";
import type { CodeOf } from "./native-call.ts";
import { asTrailers } from "./refuse-native.ts";

// As much of a hook's answer as may hold its message.
const maxBodyBytes = 8 * 1024;

/**
 * The response of a native call while the app's hooks see it: what they send as HTTP becomes a gRPC status with their
 * headers as trailers. A success that a hook sends is none of the method: UNKNOWN, never OK.
 */
export class NativeResponse extends SafeResponse {
  readonly #stream: ServerHttp2Stream;
  readonly #codeOf: CodeOf;
  readonly #body: Buffer[] = [];
  #bodyBytes = 0;
  #hasEnded = false;
  #headers: OutgoingHttpHeaders = {};

  constructor(stream: ServerHttp2Stream, codeOf: CodeOf) {
    super(stream);
    this.#stream = stream;
    this.#codeOf = codeOf;
    // It would send trailers of its own when the gRPC server ends the stream.
    stream.removeAllListeners("wantTrailers");
    // By this Fastify tells that an answer was sent.
    Object.defineProperty(this, "writableEnded", { get: () => this.#hasEnded });
  }

  override writeHead(
    statusCode: number,
    reasonOrHeaders?: string | OutgoingHttpHeaders | readonly unknown[],
    headers?: OutgoingHttpHeaders | readonly unknown[],
  ): this {
    this.statusCode = statusCode;
    const given = typeof reasonOrHeaders === "object" ? reasonOrHeaders : headers;
    if (given !== undefined && !Array.isArray(given)) this.#headers = given as OutgoingHttpHeaders;
    return this;
  }

  flushHeaders(): void {}

  override writeContinue(): void {}

  override write(chunk: unknown, ...rest: unknown[]): boolean {
    this.#collect(chunk);
    const done = rest.find((one) => typeof one === "function") as (() => void) | undefined;
    if (done !== undefined) process.nextTick(done);
    return true;
  }

  override end(...args: unknown[]): this {
    if (this.#hasEnded) return this;
    this.#hasEnded = true;
    const [chunk] = args;
    if (typeof chunk !== "function") this.#collect(chunk);
    const { statusCode } = this;
    answerStatus(this.#stream, {
      code: statusCode < 400 ? Code.UNKNOWN : this.#codeOf(statusCode),
      message: this.#message(statusCode),
      trailers: asTrailers(Object.entries({ ...this.getHeaders(), ...this.#headers })),
    });
    return this;
  }

  #collect(chunk: unknown): void {
    if (typeof chunk !== "string" && !(chunk instanceof Uint8Array)) return;
    if (this.#bodyBytes > maxBodyBytes) return;
    const bytes = Buffer.from(chunk as string);
    this.#bodyBytes += bytes.length;
    this.#body.push(bytes);
  }

  /** The message of a JSON body such as Fastify's own errors have, else words of ours. */
  #message(statusCode: number): string {
    const fallback = `the app answered with HTTP status ${statusCode}`;
    try {
      const { message } = JSON.parse(Buffer.concat(this.#body).toString());
      return typeof message === "string" ? message.slice(0, 1024) : fallback;
    } catch {
      return fallback;
    }
  }
}
