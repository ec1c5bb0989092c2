import http from "node:http";
import { constants } from "node:http2";
import type { TestContext } from "node:test";
import { connectHttp2 } from "./one-port/http-clients.ts";

/** What a REST client got. */
export interface RestAnswer {
  readonly statusCode: number;
  readonly body: string;
}

/** A request that is on its way. */
export interface RestCall {
  /** Resolves with the whole answer; rejects when it does not come. */
  readonly answer: Promise<RestAnswer>;
  /** Resolves when the first part of the answer's body is there. */
  readonly begun: Promise<void>;
  /** Gives this request up: over HTTP/1.1 its connection too, over HTTP/2 its stream alone. */
  leave(): void;
}

/** A client with one connection, which its requests share. */
export interface RestClient {
  start(path: string, headers?: Record<string, string>, method?: string): RestCall;
  /** Closes the connection. */
  close(): void;
}

/** A call, and what its client reports of it. */
function restCall(leave: () => void): {
  readonly call: RestCall;
  readonly fail: (error: Error) => void;
  readonly add: (chunk: Buffer) => void;
  readonly end: (statusCode: number) => void;
} {
  const chunks: Buffer[] = [];
  let begin = (): void => {};
  let resolve = (_answer: RestAnswer): void => {};
  let reject = (_error: Error): void => {};
  const begun = new Promise<void>((done) => {
    begin = done;
  });
  const answer = new Promise<RestAnswer>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  // Many tests give up a request and ask no further.
  answer.catch(() => {});
  return {
    call: { answer, begun, leave },
    fail: reject,
    add(chunk) {
      chunks.push(chunk);
      begin();
    },
    end: (statusCode) => resolve({ statusCode, body: Buffer.concat(chunks).toString() }),
  };
}

function overHttp1(t: TestContext, port: number): RestClient {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  return {
    start(path, headers = {}, method = "GET") {
      const request = http.request({ host: "127.0.0.1", port, path, method, headers, agent });
      const { call, fail, add, end } = restCall(() => request.destroy());
      request.on("error", fail).on("response", (response) => {
        response
          .on("data", add)
          .on("error", fail)
          .on("end", () => end(response.statusCode ?? 0));
      });
      request.end();
      return call;
    },
    close: () => agent.destroy(),
  };
}

function overHttp2(t: TestContext, port: number): RestClient {
  const session = connectHttp2(t, { secure: false }, port);
  return {
    start(path, headers = {}, method = "GET") {
      const stream = session.request({ ":path": path, ":method": method, ...headers });
      const { call, fail, add, end } = restCall(() => stream.close(constants.NGHTTP2_CANCEL));
      let statusCode = 0;
      stream
        .on("response", (head) => {
          statusCode = Number(head[":status"]);
        })
        .on("data", add)
        .on("error", fail)
        // Also a stream that is cut short ends: its code tells.
        .on("close", () => {
          if (stream.rstCode === constants.NGHTTP2_NO_ERROR) end(statusCode);
          else fail(new Error("the stream was reset"));
        });
      return call;
    },
    close: () => session.destroy(),
  };
}

/** Clients of REST without TLS, by their version of HTTP. */
export const restClients: Readonly<
  Record<"HTTP/1.1" | "HTTP/2", (t: TestContext, port: number) => RestClient>
> = { "HTTP/1.1": overHttp1, "HTTP/2": overHttp2 };
