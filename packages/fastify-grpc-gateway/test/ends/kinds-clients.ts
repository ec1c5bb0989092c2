import http from "node:http";
import http2, { type OutgoingHttpHeaders } from "node:http2";
import { grpcFrame, grpcHeaders } from "../one-port/http-clients.ts";
import type { Behaviour } from "./handled-calls.ts";

/** The kinds of calls, by the names of their methods. */
export type CallKind = "Unary" | "ServerStream" | "ClientStream" | "Bidi";

/** What a client asks for. */
export interface Wanted {
  readonly kind: CallKind;
  readonly behaviour: Behaviour;
  readonly headers?: Readonly<Record<string, string>>;
  /** A method that is not there. */
  readonly isUnknown?: boolean;
}

/** A call as its client has it. */
export interface StartedCall {
  /** Resolves once nothing more will come. */
  readonly ended: Promise<void>;
  /** Gives the call up; over HTTP/1.1 its connection too. */
  leave(): void;
}

/** One connection. */
export interface Connection {
  start(wanted: Wanted): StartedCall;
  /** Ends the connection at once. */
  cut(): void;
  /** Ends it once its calls have; undefined where the client cannot say so. */
  readonly shutDown?: (() => void) | undefined;
}

/** A kind of client. */
export interface ClientKind {
  readonly name: string;
  readonly kinds: readonly CallKind[];
  /** How many calls one connection has at once, at most. */
  readonly width: number;
  connect(port: number): Connection;
}

interface RestRequest {
  readonly method: string;
  readonly path: string;
  /** Where messages are streamed: the first one, with no end behind it. */
  readonly body?: Buffer;
}

function restRequest({ kind, behaviour, isUnknown }: Wanted): RestRequest {
  const nowhere = isUnknown === true ? "/v1/nothing" : undefined;
  if (kind === "Unary" || kind === "ServerStream") {
    const name = kind === "Unary" ? "unary" : "server-stream";
    return { method: "GET", path: nowhere ?? `/v1/${name}/${behaviour}` };
  }
  const body = Buffer.from(JSON.stringify({ behaviour }));
  return {
    method: "POST",
    path: nowhere ?? (kind === "Bidi" ? "/v1/bidi" : "/v1/client-stream"),
    body,
  };
}

function overHttp1(port: number): Connection {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  return {
    start(wanted) {
      const { headers = {} } = wanted;
      const { body, ...target } = restRequest(wanted);
      const options = { host: "127.0.0.1", port, ...target, headers, agent };
      const request = http.request(options, (response) => {
        response.on("error", ignore).resume();
        if (!request.writableEnded) request.end();
      });
      request.on("error", ignore);
      if (body === undefined) request.end();
      else request.write(body);
      const ended = new Promise<void>((resolve) => request.once("close", resolve));
      return { ended, leave: () => request.destroy() };
    },
    cut: () => agent.destroy(),
  };
}

/** A client of HTTP/2 whose requests a function makes, with a body where the request has one. */
function overHttp2(
  port: number,
  requestOf: (wanted: Wanted) => { headers: OutgoingHttpHeaders; body?: Buffer; isOpen?: boolean },
): Connection {
  const session = http2.connect(`http://127.0.0.1:${port}`).on("error", ignore);
  return {
    start(wanted) {
      const { headers, body, isOpen = false } = requestOf(wanted);
      const stream = session.request(headers, { endStream: body === undefined });
      if (isOpen) stream.write(body);
      else if (body !== undefined) stream.end(body);
      const ended = new Promise<void>((resolve) => stream.once("close", resolve));
      stream
        .on("error", ignore)
        .on("end", () => stream.end())
        .resume();
      return { ended, leave: () => stream.close(http2.constants.NGHTTP2_CANCEL) };
    },
    cut: () => session.destroy(),
    shutDown: () => session.close(),
  };
}

const restOverHttp2 = (port: number): Connection =>
  overHttp2(port, (wanted) => {
    const { method, path, body } = restRequest(wanted);
    const headers = { ":method": method, ":path": path, ...wanted.headers };
    return { headers, ...(body !== undefined && { body, isOpen: true }) };
  });

const native = (port: number): Connection =>
  overHttp2(port, ({ kind, behaviour, headers, isUnknown }) => ({
    headers: { ...grpcHeaders(`/ends.v1.Ends/${isUnknown === true ? "None" : kind}`), ...headers },
    // message Wish { string behaviour = 1; }
    body: grpcFrame(`\x0a${String.fromCharCode(behaviour.length)}${behaviour}`),
    isOpen: kind === "ClientStream" || kind === "Bidi",
  }));

const kinds: readonly CallKind[] = ["Unary", "ServerStream", "ClientStream", "Bidi"];

export const clientKinds: readonly ClientKind[] = [
  { name: "REST over HTTP/1.1", kinds, width: 1, connect: overHttp1 },
  { name: "REST over HTTP/2", kinds, width: 50, connect: restOverHttp2 },
  { name: "native", kinds, width: 50, connect: native },
];

function ignore(): void {}
