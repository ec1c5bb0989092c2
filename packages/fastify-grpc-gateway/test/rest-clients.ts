import http from "node:http";
import { constants } from "node:http2";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import type { FastifyInstance } from "fastify";
import { connectHttp2 } from "./one-port/http-clients.ts";

/** What a REST client got. */
export interface RestAnswer {
  readonly statusCode: number;
  readonly body: string;
  /** Whether the answer came to its end: false where it broke off within its body. */
  readonly isWhole: boolean;
}

/** A request that is on its way. */
export interface RestCall {
  /** Resolves with the answer; rejects when none comes. */
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
  readonly end: (statusCode: number, isWhole?: boolean) => void;
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
    end(statusCode, isWhole = true) {
      resolve({ statusCode, body: Buffer.concat(chunks).toString(), isWhole });
    },
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
        const { statusCode = 0 } = response;
        response
          .on("data", add)
          .on("error", () => end(statusCode, false))
          .on("end", () => end(statusCode));
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
        .on("error", (error) => void (statusCode === 0 && fail(error)))
        // Also a stream that is cut short ends: its code tells.
        .on("close", () => {
          if (stream.rstCode === constants.NGHTTP2_NO_ERROR) end(statusCode);
          else if (statusCode > 0) end(statusCode, false);
          else fail(new Error("the stream was reset"));
        });
      return call;
    },
    close: () => session.destroy(),
  };
}

/** The answer of a listening app over HTTP/1.1, whole or not; over HTTP/2 of an app that has both on its port. */
export async function answerOf(
  t: TestContext,
  app: FastifyInstance,
  path: string,
  headers: Record<string, string> = {},
  version: "HTTP/1.1" | "HTTP/2" = "HTTP/1.1",
): Promise<RestAnswer> {
  if (!app.server.listening) await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  const client = restClients[version](t, port);
  const answer = await client.start(path, headers).answer;
  client.close();
  return answer;
}

/** Clients of REST without TLS, by their version of HTTP. */
export const restClients: Readonly<
  Record<"HTTP/1.1" | "HTTP/2", (t: TestContext, port: number) => RestClient>
> = { "HTTP/1.1": overHttp1, "HTTP/2": overHttp2 };
