import { request as requestHttp } from "node:http";
import http2 from "node:http2";
import type { TestContext } from "node:test";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { codeName } from "grpc-transcoding";

/** What a client learns: who serves it, or the HTTP status or the name of the gRPC code of a refusal. */
export type Outcome = string;

/** How a request names its tenant. */
export interface Naming {
  /** Of the path, natively as well. */
  readonly prefix?: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Ask = (naming?: Naming, path?: string) => Promise<Outcome>;

/** The answer to a request of HTTP/1.1. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** By node:http, which sends any `Host`. */
export function sendHttp1(
  port: number,
  { host, headers = {}, prefix = "" }: Naming = {},
  path = "/v1/who",
  method = "GET",
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const all = { ...headers, ...(host !== undefined && { host }) };
    const options = {
      port,
      host: "127.0.0.1",
      path: prefix + path,
      method,
      headers: all,
      agent: false,
    };
    requestHttp(options, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        body += chunk;
      });
      response
        .on("error", reject)
        .on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
    })
      .on("error", reject)
      .end();
  });
}

function nameIn(status: number, body: string): Outcome {
  return status === 200 ? (JSON.parse(body) as { name: string }).name : String(status);
}

export function askHttp1(port: number): Ask {
  return async (naming, path) => {
    const { status, body } = await sendHttp1(port, naming, path);
    return nameIn(status, body);
  };
}

export function askHttp2(t: TestContext, port: number): Ask {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  t.after(() => session.destroy());
  return ({ host, headers, prefix = "" } = {}, path = "/v1/who") =>
    new Promise((resolve, reject) => {
      let status = 0;
      let text = "";
      session
        .request({
          ":path": prefix + path,
          ...(host !== undefined && { ":authority": host }),
          ...headers,
        })
        .on("response", (head) => {
          status = Number(head[":status"]);
        })
        .on("data", (chunk) => {
          text += chunk;
        })
        .on("error", reject)
        .on("end", () => resolve(nameIn(status, text)));
    });
}

const bytes = (value: Buffer): Buffer => value;

export function askNative(t: TestContext, port: number): Ask {
  const clients = new Map<string | undefined, Client>();
  t.after(() => {
    for (const client of clients.values()) client.close();
  });
  const clientOf = (host: string | undefined): Client => {
    const known = clients.get(host);
    if (known !== undefined) return known;
    const options = host === undefined ? {} : { "grpc.default_authority": host };
    const made = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options);
    clients.set(host, made);
    return made;
  };
  return ({ host, headers = {}, prefix = "" } = {}, path = "/v1/who") => {
    const metadata = new Metadata();
    for (const [key, value] of Object.entries(headers)) metadata.set(key, value);
    const method = path.endsWith("/wait") ? "Wait" : "Who";
    return new Promise((resolve) => {
      clientOf(host).makeUnaryRequest(
        `${prefix}/shop.v1.Shop/${method}`,
        bytes,
        bytes,
        Buffer.alloc(0),
        metadata,
        (error, value) =>
          // A text in field 1.
          resolve(error ? (codeName(error.code) ?? "") : (value as Buffer).subarray(2).toString()),
      );
    });
  };
}

/** The three ways in. */
export function clientsOf(
  t: TestContext,
  port: number,
): Readonly<Record<"http1" | "http2" | "native", Ask>> {
  return { http1: askHttp1(port), http2: askHttp2(t, port), native: askNative(t, port) };
}
