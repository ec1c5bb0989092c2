import { once } from "node:events";
import { createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { TestContext } from "node:test";

/** What an upstream does with a call, on bare HTTP/2; `kill` ends its connections without a word. */
export type Answer = (stream: ServerHttp2Stream, kill: () => void) => void;

/** The address of an HTTP/2 server that answers each call as told, however wrong that is. */
export async function rawUpstream(t: TestContext, answer: Answer): Promise<string> {
  const connections = new Set<Socket>();
  const kill = (): void => {
    for (const connection of connections) connection.destroy();
  };
  const server = createServer();
  server.on("connection", (connection: Socket) => connections.add(connection));
  server.on("session", (session) => session.on("error", () => {}));
  server.on("stream", (stream) => {
    stream.on("error", () => {});
    stream.resume();
    answer(stream, kill);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.after(() => {
    kill();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A message in its frame; `length` and `flag` are what the frame claims. */
export function frame(message: Uint8Array, length: number = message.length, flag = 0): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(flag);
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}

/** Response headers, then frames, then trailers; a stream without them ends bare. */
export function grpcAnswer(
  frames: readonly Buffer[],
  trailers?: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return (stream) => {
    stream.respond({ ...grpcHeaders, ...headers }, { waitForTrailers: trailers !== undefined });
    if (trailers !== undefined) stream.on("wantTrailers", () => stream.sendTrailers(trailers));
    stream.end(Buffer.concat(frames));
  };
}

/** A reset and nothing else: Node would end the stream in the same breath, which peers see first. */
export function reset(code: number): Answer {
  return (stream) => {
    stream.end = () => stream;
    stream.close(code);
  };
}

/** Response headers and a whole first message, after which `next` is up to the test. */
export function afterFirstMessage(next: Answer): Answer {
  return (stream, kill) => {
    stream.respond(grpcHeaders);
    stream.write(item, () => setTimeout(next, 50, stream, kill));
  };
}

export const grpcHeaders: { ":status": number; "content-type": string } = {
  ":status": 200,
  "content-type": "application/grpc",
};

/** `{ name: "a" }` as shop.v1.Item in a frame. */
export const item: Buffer = frame(Buffer.from([10, 1, 97]));
