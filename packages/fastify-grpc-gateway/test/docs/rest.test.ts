import assert from "node:assert/strict";
import { test } from "node:test";
import Fastify from "fastify";
import grpcGateway, { createServer } from "fastify-grpc-gateway";
import { BookStore, booksProto } from "../rest/books-service.ts";
import { snippetsOf } from "./snippets.ts";

test("the example of docs/rest.md runs", async (t) => {
  const [register, ...rest] = snippetsOf("rest.md");
  assert.deepEqual(rest, []);
  const store = new BookStore();
  store.answer = { message: { name: "n", etag: "1" } };
  const services = { "rest.v1.Books": { Plain: store.handle, GetBook: store.handle } as never };
  const upstream = await createServer({ proto: booksProto, services });
  const app = Fastify();
  t.after(() => app.close());
  await register?.({ app, grpcGateway, proto: booksProto, upstream });
  const { headers } = await app.inject("/v1/plain/1");
  assert.equal(headers["cache-control"], "no-store");
  assert.equal(headers["x-name"], "n");
  assert.equal(headers.etag, '"1"');
});
