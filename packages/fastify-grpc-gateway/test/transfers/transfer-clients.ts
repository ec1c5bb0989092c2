import { createHash } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** A transfer that is on its way. */
export interface Transfer {
  /** The answer's body, which nobody reads yet. */
  readonly answer: Promise<Readable>;
  /** How many bytes of the request's body the socket has taken. */
  readonly sent: () => number;
  /** Goes away without a word. */
  leave(): void;
}

/** Starts a request with a body, or without; over a connection of its own. */
export type StartTransfer = (
  port: number,
  path: string,
  upload?: { readonly body: Iterable<Buffer> | AsyncIterable<Buffer>; readonly contentType: string },
) => Transfer;

const overHttp1: StartTransfer = (port, path, upload) => {
  const request = http.request({
    host: "127.0.0.1",
    port,
    path,
    agent: false,
    ...(upload && { method: "PUT", headers: { "content-type": upload.contentType } }),
  });
  const answer = once(request, "response").then(([response]) => response as Readable);
  let sent = 0;
  if (upload === undefined) request.end();
  else sendBody(request, upload.body, (bytes) => (sent += bytes));
  return { answer: quiet(answer), sent: () => sent, leave: () => request.destroy() };
};

const overHttp2: StartTransfer = (port, path, upload) => {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  session.on("error", () => {});
  const stream = session.request({
    ":path": path,
    ...(upload && { ":method": "PUT", "content-type": upload.contentType }),
  });
  stream.on("close", () => session.close());
  const answer = once(stream, "response").then(() => stream as Readable);
  let sent = 0;
  if (upload === undefined) stream.end();
  else sendBody(stream, upload.body, (bytes) => (sent += bytes));
  return { answer: quiet(answer), sent: () => sent, leave: () => session.destroy() };
};

/** An upload that is stopped fails; what the answer is then, tells. */
function sendBody(
  to: NodeJS.WritableStream,
  body: Iterable<Buffer> | AsyncIterable<Buffer>,
  count: (bytes: number) => void,
): void {
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const part of body) {
      count(part.length);
      yield part;
    }
  }
  to.on("error", () => {});
  pipeline(Readable.from(counted(), { objectMode: false }), to).catch(() => {});
}

/** The same promise, whose failure nobody has to look at. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** Reads an answer, and gives its size and its SHA-256. */
export async function digestOf(answer: Readable): Promise<{ size: number; sha256: string }> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of answer) {
    size += chunk.length;
    hash.update(chunk);
  }
  return { size, sha256: hash.digest("hex") };
}

/** Reads an answer of JSON. */
export async function jsonOf(answer: Readable): Promise<unknown> {
  let text = "";
  for await (const chunk of answer) text += chunk;
  return JSON.parse(text);
}

/** Clients by their version of HTTP. */
export const startTransfer: Readonly<Record<"HTTP/1.1" | "HTTP/2", StartTransfer>> = {
  "HTTP/1.1": overHttp1,
  "HTTP/2": overHttp2,
};
