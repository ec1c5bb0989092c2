import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import type { FastifyInstance } from "fastify";
import { codeName } from "grpc-transcoding";
import { buildApp, tenantsFile } from "../../src/app.ts";
import { createServiceServer } from "../../src/service-server.ts";

/** The demo on a port, with a copy of its tenants document. */
export interface DemoTenants {
  readonly app: FastifyInstance;
  readonly port: number;
  /** Replaces a part of the document, as an editor that saves by renaming. */
  edit(from: string, to: string): void;
}

export async function demoTenants(
  t: TestContext,
  before: (app: FastifyInstance) => void = () => {},
): Promise<DemoTenants> {
  const dir = mkdtempSync(join(tmpdir(), "demo-tenants-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const tenants = join(dir, "tenants.yaml");
  copyFileSync(tenantsFile, tenants);
  const app = await buildApp({ upstream: await createServiceServer(), tenants });
  t.after(() => app.close());
  before(app);
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as { port: number };
  const edit = (from: string, to: string): void => {
    const text = readFileSync(tenants, "utf8");
    if (!text.includes(from)) throw new Error(`the document has no ${from}`);
    writeFileSync(`${tenants}.new`, text.replace(from, to));
    renameSync(`${tenants}.new`, tenants);
  };
  return { app, port, edit };
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** By node:http, which sends any `Host`. */
export function send(
  port: number,
  path: string,
  { method, headers, body }: Sent = {},
): Promise<Answer> {
  const options = {
    port,
    host: "127.0.0.1",
    path,
    method: method ?? (body ? "POST" : "GET"),
    headers: { ...(body && { "content-type": "application/json" }), ...headers },
    agent: false,
  };
  return new Promise((resolve, reject) => {
    const sending = request(options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    sending.on("error", reject).end(body && JSON.stringify(body));
  });
}

/** The name of the status of a native call whose request is empty. */
export function callNative(
  t: TestContext,
  port: number,
  path: string,
  { metadata = {}, authority }: { metadata?: Record<string, string>; authority?: string } = {},
): Promise<string> {
  const options = authority === undefined ? {} : { "grpc.default_authority": authority };
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options);
  t.after(() => client.close());
  const sent = new Metadata();
  for (const [key, value] of Object.entries(metadata)) sent.set(key, value);
  const same = (bytes: Buffer): Buffer => bytes;
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, same, same, Buffer.alloc(0), sent, (error) =>
      resolve(error ? (codeName(error.code) ?? "") : "OK"),
    );
  });
}
