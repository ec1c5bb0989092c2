import assert from "node:assert/strict";
import { get } from "node:http";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import Fastify from "fastify";
import grpcGateway, { type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";
import type { HeaderRules } from "grpc-transcoding";
import { compileRequestMetadata, compileResponseHeaders } from "grpc-transcoding/internal";
import { FeedLog, feedApp } from "../events/feed-service.ts";
import { FakeUpstream } from "../fake-upstream.ts";
import { snippetsOf } from "./snippets.ts";

const [rules, ownMetadata, trailers, deadlines, ...rest] = snippetsOf("metadata.md");

test("the rules and the metadata of docs/metadata.md do what the page says", async () => {
  assert.deepEqual(rest, []);
  const headers = (await rules?.({}, "headers")) as Record<"request" | "response", HeaderRules>;
  const metadata = compileRequestMetadata("standard", headers.request);
  assert.deepEqual(
    metadata({
      headers: { "x-acme-a": "1", "x-acme-internal": "2", "x-tenant-id": "red", "x-b": "3" },
      rawHeaders: [],
    }),
    [
      ["x-acme-a", "1"],
      ["tenant", "red"],
    ],
  );
  const responseHeaders = compileResponseHeaders("standard", headers.response);
  assert.deepEqual(
    { ...responseHeaders([["content-disposition", "attachment"]]) },
    {
      "content-disposition": "attachment",
    },
  );

  const entriesOf = (await ownMetadata?.({}, "metadata")) as (request: object) => unknown;
  assert.deepEqual(entriesOf({ user: { id: "alice" } }), [["x-user-id", "alice"]]);
  assert.equal(entriesOf({}), undefined);
});

test("the client of docs/metadata.md reads the trailers of a stream", async (t) => {
  const app = await feedApp(t, new FeedLog());
  const origin = await app.listen({ port: 0, host: "127.0.0.1" });
  const shown = new Promise((resolve) => {
    void trailers?.({ get, url: `${origin}/v1/red/follow`, show: resolve });
  });
  assert.equal(await shown, "0");
});

test("the deadlines of docs/metadata.md are those of the library's calls", async (t) => {
  const deadline = (await deadlines?.({}, "deadline")) as NonNullable<
    FastifyGrpcGatewayOptions["deadline"]
  >;
  const upstream = new FakeUpstream();
  const app = Fastify();
  t.after(() => app.close());
  const proto = fileURLToPath(new URL("../../../../proto", import.meta.url));
  await app.register(grpcGateway, { proto, upstream, deadline });
  const assertTime = async (ms: number, url: string, headers: Record<string, string> = {}) => {
    const reached = upstream.next();
    const before = Date.now();
    const answer = app.inject({ url, headers }).then(({ statusCode }) => statusCode);
    const call = await reached;
    const { at } = call.call.deadline;
    call.end();
    await answer;
    assert.ok(at >= before + ms && at <= Date.now() + ms, `${at - before} ms for ${url}`);
  };
  await assertTime(2_000, "/v1/shelves/a/books/b");
  await assertTime(10_000, "/v1/shelves/a/books");
  await assertTime(4_500, "/v1/shelves/a/books", { "x-request-timeout": "4.5" });
  await assertTime(2_500, "/v1/shelves/a/books", { "connect-timeout-ms": "2500" });
});
