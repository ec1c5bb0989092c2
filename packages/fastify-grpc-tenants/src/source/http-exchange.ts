import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { SecureContextOptions } from "node:tls";
import { FST_GRPC_TENANTS_OPTION } from "../errors.ts";
import { readText as readOption } from "../option/option-value.ts";

/** Certificates for a server that is not one of the public web. */
export type SourceTls = Pick<SecureContextOptions, "ca" | "cert" | "key" | "passphrase"> & {
  readonly servername?: string;
};

/** A request to the server that keeps the document. */
export interface Exchange {
  readonly url: URL;
  readonly method: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly tls: SourceTls | undefined;
  readonly signal: AbortSignal;
  /** Until the response begins, and between two parts of it; 0 for no limit. */
  readonly idleMs: number;
}

// Above what etcd and Consul store under one key.
const maxBytes = 16 * 1024 * 1024;

/** Sends a request; resolves when its response begins. */
export function exchange(asked: Exchange): Promise<IncomingMessage> {
  const { url, method, headers, body, tls, signal, idleMs } = asked;
  const request = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method, signal, agent: false, ...(headers && { headers }), ...tls },
      resolve,
    );
    sent.on("error", reject);
    sent.setTimeout(idleMs, () =>
      sent.destroy(new Error(`${url.host} has sent nothing for ${idleMs} ms`)),
    );
    // Tells a peer that vanished from one that has nothing to say.
    sent.setSocketKeepAlive(true, 10_000);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** The whole body as text. Rejects for one that is cut off, or longer than 16 MiB. */
export async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The lines of a body, as they come. */
export async function* readLines(response: IncomingMessage): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const chunk of response as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      yield rest.toString("utf8", 0, end);
      rest = rest.subarray(end + 1);
    }
    if (rest.length > maxBytes) throw new Error(`a line is longer than ${maxBytes} bytes`);
  }
}

/** The address of a server of HTTP. */
export function readEndpoint(value: unknown, path: string): string {
  const text = readOption(value, path);
  if (/^https?:\/\/[^/]/.test(text) && URL.canParse(text)) return text;
  throw new FST_GRPC_TENANTS_OPTION(
    path,
    JSON.stringify(text),
    'give an address such as "http://127.0.0.1:2379"',
  );
}
