import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:http2";
import { createInterface } from "node:readline";
import { test } from "node:test";
import Fastify from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import { answerOf } from "../rest-clients.ts";
import { shopProto, shopServer } from "../shop.ts";
import { streamsApp, streamsServer } from "../streams/streams-service.ts";
import { snippetsOf } from "./snippets.ts";

const [reading, eventFields, watching, sending, bothWays, unbuffered, encoder, ...rest] =
  snippetsOf("streaming.md");

const listening = { port: 0, host: "127.0.0.1" };

test("the page's client reads a stream, and rejects where it breaks off", async (t) => {
  assert.deepEqual(rest, []);
  const app = await streamsApp(t, await streamsServer());
  const origin = await app.listen(listening);
  const read = async (path: string): Promise<object[]> => {
    const seen: object[] = [];
    try {
      await reading?.({ url: `${origin}${path}`, show: (message: object) => seen.push(message) });
    } catch (error) {
      seen.push(error as Error);
    }
    return seen;
  };
  const whole = (await read("/v1/groups/red/parts?number=3")) as { number: number }[];
  assert.deepEqual(
    whole.map(({ number }) => number),
    [1, 2, 3],
  );
  const broken = await read("/v1/groups/red/parts?number=1&failCode=7");
  assert.equal((broken[1] as { error: { code: number } }).error.code, 7);
  assert.ok(broken[2] instanceof TypeError);
});

test("the page's EventSource shows events and failures, and closes at the end", async () => {
  const streaming = (await eventFields?.({}, "streaming")) as { events: object };
  assert.deepEqual(Object.keys(streaming.events), ["library.v1.LibraryService.WatchShelf"]);
  const made: EventTarget[] = [];
  const seen: unknown[] = [];
  class FakeEventSource extends EventTarget {
    constructor() {
      super();
      made.push(this);
    }
    close = (): number => seen.push("closed");
  }
  await watching?.({
    EventSource: FakeEventSource,
    url: "/v1/shelves/fiction:watch",
    show: (message: unknown) => seen.push(message),
  });
  const [source] = made;
  source?.dispatchEvent(new MessageEvent("CREATED", { data: '{"kind":"CREATED"}' }));
  source?.dispatchEvent(new Event("error"));
  source?.dispatchEvent(new MessageEvent("error", { data: '{"code":4}' }));
  source?.dispatchEvent(new MessageEvent("end", { data: '{"count":1}' }));
  assert.deepEqual(seen, [{ kind: "CREATED" }, { code: 4 }, "closed"]);
});

test("the page's clients send a stream, and talk both ways", async (t) => {
  const app = await streamsApp(t, await streamsServer());
  const origin = await app.listen(listening);
  const total = await sending?.(
    { url: `${origin}/v1/groups/red:sum`, messages: [{ number: 1 }, { number: 2 }] },
    "answer",
  );
  assert.deepEqual([(total as { sum: string }).sum], ["3"]);

  const path = "/v1/groups/red:chat";
  let show = (_message: object): void => {};
  const shown = new Promise<object>((resolve) => {
    show = resolve;
  });
  const names = { connect, createInterface, origin, path, show };
  const call = (await bothWays?.(names, "call")) as ReturnType<
    ReturnType<typeof connect>["request"]
  >;
  // Although the request has not ended.
  assert.equal(((await shown) as { number: number }).number, 1);
  call.end();
  await once(call, "close");
});

test("the page's hook keeps proxies from collecting an answer", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  await unbuffered?.({ app });
  await app.register(grpcGateway, { proto: shopProto, upstream: await shopServer() });
  const { headers } = await app.inject("/v1/items:count?limit=1");
  assert.equal(headers["x-accel-buffering"], "no");
});

test("the page's own format is answered to those who ask for it", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  await encoder?.({ app, grpcGateway, proto: shopProto, upstream: await shopServer() });
  const jsonSeq = { accept: "application/json-seq" };
  const whole = await app.inject({ url: "/v1/items:count?limit=1", headers: jsonSeq });
  assert.equal(whole.headers["content-type"], "application/json-seq");
  const sequence = await answerOf(t, app, "/v1/items:count?limit=1&failCode=7", jsonSeq);
  const [before, item = "", error = "", ...others] = sequence.body.split("\x1e");
  assert.deepEqual([before, others], ["", []]);
  assert.equal(JSON.parse(item).name, "items/1");
  assert.equal(JSON.parse(error).error.code, 7);
});

test("what the page says of limits and of Accept holds", async (t) => {
  const limits = { maxBodyBytes: 100, maxRequestBytes: 50 };
  const app = await streamsApp(t, await streamsServer(), { limits });
  const statusOf = async (payload: string): Promise<number> =>
    (await app.inject({ method: "POST", url: "/v1/groups/red:sum", payload })).statusCode;
  assert.equal(await statusOf('{"number":1}'.repeat(100)), 200);
  assert.equal(await statusOf(`{"text":"${"x".repeat(60)}"}`), 429);
  assert.equal(await statusOf(`{"text":"${"x".repeat(100)}"}`), 413);
  const headers = { accept: "text/csv" };
  assert.equal((await app.inject({ url: "/v1/groups/red/parts", headers })).statusCode, 406);
});
