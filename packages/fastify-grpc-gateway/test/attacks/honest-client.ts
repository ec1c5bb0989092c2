import http2, { type ClientHttp2Session, type OutgoingHttpHeaders } from "node:http2";
import { setTimeout as delay } from "node:timers/promises";
import { grpcMessage, textMessage } from "./grpc-messages.ts";
import type { Target } from "./raw-connection.ts";

/** What an honest client saw. */
export interface HonestRecord {
  readonly asked: number;
  /** Why requests were not answered as they should be. */
  readonly failures: readonly string[];
  readonly slowestMs: number;
}

const everyMs = 100;
const patienceMs = 20_000;

/** An honest REST request. */
export const rest: OutgoingHttpHeaders = { ":path": "/v1/echo/hi" };
/** An honest native call. */
export const native: OutgoingHttpHeaders = {
  ":method": "POST",
  ":path": "/attacked.v1.Attacked/Echo",
  "content-type": "application/grpc",
  te: "trailers",
};

/**
 * Asks every 100 ms, by REST on a new connection and by turns REST and gRPC on one that it keeps. It must
 * always be answered, whatever goes on on other connections.
 */
export class HonestClient {
  readonly #origin: string;
  readonly #kept: ClientHttp2Session;
  readonly #pending: Promise<void>[] = [];
  readonly #failures: string[] = [];
  readonly #loop: Promise<void>;
  #slowestMs = 0;
  #stopped = false;

  constructor({ port }: Pick<Target, "port">) {
    this.#origin = `http://127.0.0.1:${port}`;
    this.#kept = this.#connect();
    this.#loop = this.#ask();
  }

  /** Waits for the last answers. */
  async stop(): Promise<HonestRecord> {
    this.#stopped = true;
    await this.#loop;
    await Promise.all(this.#pending);
    this.#kept.destroy();
    return {
      asked: this.#pending.length,
      failures: this.#failures,
      slowestMs: Math.round(this.#slowestMs),
    };
  }

  #connect(): ClientHttp2Session {
    return http2.connect(this.#origin).on("error", () => {});
  }

  async #ask(): Promise<void> {
    for (let turn = 0; !this.#stopped; turn++) {
      const fresh = this.#connect();
      this.#pending.push(
        this.#time(fresh, rest).finally(() => fresh.destroy()),
        this.#time(this.#kept, turn % 2 === 0 ? rest : native),
      );
      await delay(everyMs);
    }
  }

  async #time(session: ClientHttp2Session, headers: OutgoingHttpHeaders): Promise<void> {
    const began = performance.now();
    try {
      await answerOf(session, headers);
    } catch (error) {
      this.#failures.push((error as Error).message);
    }
    this.#slowestMs = Math.max(this.#slowestMs, performance.now() - began);
  }
}

/** One of the two on a connection. Rejects when the answer is not 200, or not OK. */
export function answerOf(session: ClientHttp2Session, headers: OutgoingHttpHeaders): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = session.request(headers, { endStream: headers === rest });
    if (headers === native) stream.end(grpcMessage(textMessage("hi")));
    const timer = setTimeout(() => {
      stream.destroy();
      reject(new Error(`no answer in ${patienceMs} ms`));
    }, patienceMs);
    let status: unknown;
    let grpcStatus: unknown = "0";
    stream
      .on("response", (head) => {
        status = head[":status"];
        grpcStatus = head["grpc-status"] ?? grpcStatus;
      })
      .on("trailers", (tail) => {
        grpcStatus = tail["grpc-status"] ?? grpcStatus;
      })
      .on("error", reject)
      .on("close", () => {
        clearTimeout(timer);
        if (status === 200 && grpcStatus === "0") resolve();
        else reject(new Error(`answered ${status}, grpc-status ${grpcStatus}`));
      })
      .resume();
  });
}
