import { createHash } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** A transfer that is on its way, over a connection of its own. */
export interface Transfer {
  /** The answer's body, which nobody reads yet. */
  readonly answer: Promise<Readable>;
  /** How many bytes the client's socket has been given. */
  readonly written: () => number;
  /** Goes away without a word. */
  leave(): void;
}

/** The body of an upload. */
export interface UploadBody {
  readonly parts: Iterable<Buffer> | AsyncIterable<Buffer>;
  readonly contentType: string;
}

/** Starts a download, or an upload where there is a body. */
export type StartTransfer = (port: number, path: string, upload?: UploadBody) => Transfer;

const overHttp1: StartTransfer = (port, path, upload) => {
  const request = http.request({
    host: "127.0.0.1",
    port,
    path,
    agent: false,
    ...(upload && { method: "PUT", headers: { "content-type": upload.contentType } }),
  });
  const answer = once(request, "response").then(([response]) => response as Readable);
  send(request, upload);
  return {
    answer: quiet(answer),
    written: () => request.socket?.bytesWritten ?? 0,
    leave: () => request.destroy(),
  };
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
  send(stream, upload);
  let written = 0;
  return {
    answer: quiet(answer),
    written() {
      if (!session.destroyed) written = session.socket.bytesWritten;
      return written;
    },
    leave: () => session.destroy(),
  };
};

function send(request: NodeJS.WritableStream, upload: UploadBody | undefined): void {
  // An upload that is stopped fails: what came of it, the answer tells.
  request.on("error", () => {});
  if (upload === undefined) request.end();
  else pipeline(Readable.from(upload.parts, { objectMode: false }), request).catch(() => {});
}

/** The same promise, whose failure nobody has to look at. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** Reads an answer, and gives its SHA-256. */
export async function digestOf(answer: Promise<Readable>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of await answer) hash.update(chunk);
  return hash.digest("hex");
}

/** Reads an answer of JSON. */
export async function jsonOf(answer: Promise<Readable>): Promise<{ readonly name?: string }> {
  let text = "";
  for await (const chunk of await answer) text += chunk;
  return JSON.parse(text);
}

/** Clients by their version of HTTP. */
export type HttpVersion = "HTTP/1.1" | "HTTP/2";
export const startTransfer: Readonly<Record<HttpVersion, StartTransfer>> = {
  "HTTP/1.1": overHttp1,
  "HTTP/2": overHttp2,
};
