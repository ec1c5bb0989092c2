import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import type { ProcessTarget } from "./server-protocol.ts";

interface Reply {
  write(chunk: Buffer): boolean;
  once(event: "drain" | "close", listener: () => void): unknown;
  end(text: string): void;
  readonly destroyed?: boolean;
}

/**
 * The yardstick: node:http2 with nothing but a listener that reads every request and answers it, and
 * node:http beside it. What an attack costs here is Node's own price.
 */
export async function bareServer(): Promise<ProcessTarget> {
  const listener = (request: http.IncomingMessage | http2.Http2ServerRequest, reply: Reply) => {
    request.on("error", () => {});
    if (/flood/i.test(request.url ?? "")) {
      sendWithoutEnd(reply);
      return;
    }
    request.resume();
    request.on("end", () => reply.end("{}"));
  };
  const server = http2.createServer((request, response) => listener(request, response));
  const http1 = http.createServer(listener);
  for (const each of [server, http1]) await once(each.listen(0, "127.0.0.1"), "listening");
  const sessions = new Set<object>();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
  });
  const portOf = (each: http.Server | http2.Http2Server) => (each.address() as AddressInfo).port;
  return {
    port: portOf(server),
    http1Port: portOf(http1),
    live: () => ({
      http2Sessions: sessions.size,
      grpcStreams: 0,
      undecidedSockets: 0,
      calls: 0,
    }),
  };
}

function sendWithoutEnd(reply: Reply): void {
  const chunk = Buffer.alloc(60_000, "x");
  let gone = false;
  reply.once("close", () => {
    gone = true;
  });
  const next = (): void => {
    while (!gone) {
      if (reply.write(chunk)) continue;
      reply.once("drain", next);
      return;
    }
  };
  next();
}
