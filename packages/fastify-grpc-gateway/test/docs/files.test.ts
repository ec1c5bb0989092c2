import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Metadata } from "@grpc/grpc-js";
import Fastify from "fastify";
import grpcGateway, { createServer } from "fastify-grpc-gateway";
import { contentDispositionText } from "grpc-transcoding";
import { filesProto } from "../files/files-service.ts";
import { snippetsOf } from "./snippets.ts";

test("the examples of docs/files.md run", async (t) => {
  const [service, ranges, ...rest] = snippetsOf("files.md");
  assert.deepEqual(rest, []);

  const path = fileURLToPath(import.meta.url);
  const text = await new Response(createReadStream(path) as never).text();
  const names = { path, stat, createReadStream, Metadata, contentDispositionText };
  const services = (await service?.(names, "services")) as never;
  const proto = filesProto;
  const app = Fastify();
  t.after(() => app.close());
  await ranges?.({ app, grpcGateway, proto, upstream: await createServer({ proto, services }) });

  const whole = await app.inject("/v1/read/a");
  assert.equal(whole.body, text);
  assert.equal(whole.headers["content-type"], "text/csv");
  assert.match(String(whole.headers["content-disposition"]), /filename\*=UTF-8''%C3%9Cbersicht/);
  const part = await app.inject({ url: "/v1/read/a", headers: { range: "bytes=10-" } });
  assert.equal(part.statusCode, 206);
  assert.equal(part.body, text.slice(10));
  const upload = { method: "PUT", url: "/v1/write", payload: text } as const;
  const stored = await app.inject({ ...upload, headers: { "content-type": "text/csv" } });
  assert.deepEqual(stored.json().sizes, [text.length]);
});
