import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect, constants } from "node:http2";
import { type TestContext, test } from "node:test";
import type { Upstream } from "../src/transport/upstream.ts";
import { csv } from "./csv-encoder.ts";
import { answerOf } from "./rest-clients.ts";
import { listen, remoteShop, ShopLog, shopApp, shopServer } from "./shop.ts";
import { whenStill } from "./when-still.ts";

const upstreams: Record<string, (t: TestContext, log: ShopLog) => Promise<Upstream>> = {
  "in-process": (_t, log) => shopServer(log),
  remote: remoteShop,
};

for (const [kind, makeUpstream] of Object.entries(upstreams)) {
  test(`${kind}: streams messages as NDJSON`, async (t) => {
    const app = await shopApp(t, { upstream: await makeUpstream(t, new ShopLog()) });
    const response = await app.inject("/v1/items:count?limit=3");
    assert.equal(response.statusCode, 200);
    assert.equal(response.headers["content-type"], "application/x-ndjson");
    const names = response.body
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).name);
    assert.deepEqual(names, ["items/1", "items/2", "items/3"]);
  });

  test(`${kind}: answers a failure before the first message with its own status`, async (t) => {
    const app = await shopApp(t, { upstream: await makeUpstream(t, new ShopLog()) });
    // A negative limit sends nothing.
    const response = await app.inject("/v1/items:count?limit=-1&failCode=7");
    assert.equal(response.statusCode, 403);
    assert.deepEqual(response.json(), { code: 7, message: "counted out", details: [] });
  });

  for (const version of ["HTTP/1.1", "HTTP/2"] as const) {
    for (const onError of ["abort", "end"] as const) {
      test(`${kind}, ${version}: tells a failure after the first message in the last line (${onError})`, async (t) => {
        const upstream = await makeUpstream(t, new ShopLog());
        const app = await shopApp(t, { upstream, streaming: { onError } });
        const path = "/v1/items:count?limit=1&failCode=14";
        const { statusCode, body, isWhole } = await answerOf(t, app, path, {}, version);
        assert.equal(statusCode, 200);
        const lines = body.trimEnd().split("\n");
        assert.equal(lines.length, 2);
        assert.equal(JSON.parse(lines[1] as string).error.code, 14);
        assert.equal(isWhole, onError === "end");
      });
    }
  }

  test(`${kind}: cancels the call when the client goes away`, async (t) => {
    const log = new ShopLog();
    const app = await shopApp(t, { upstream: await makeUpstream(t, log) });
    const origin = await listen(app);
    const request = httpRequest(`${origin}/v1/items:count?bytes=1000`).end();
    request.on("error", () => {});
    const [response] = await once(request, "response");
    await once(response, "data");
    request.destroy();
    await log.cancelled();
  });

  test(`${kind}: cancels the call when an HTTP/2 client resets the stream`, async (t) => {
    const log = new ShopLog();
    const app = await shopApp(t, { upstream: await makeUpstream(t, log) });
    const session = connect(await listen(app));
    t.after(() => session.close());
    for (const path of ["/v1/items:count?bytes=1000", "/v1/items/1:wait"]) {
      const stream = session.request({ ":path": path });
      stream.on("error", () => {});
      if (path.includes("count")) await once(stream, "data");
      else await log.waiting();
      stream.close(constants.NGHTTP2_CANCEL);
      await log.cancelled();
      log.cancellations = 0;
    }
  });

  test(`${kind}: asks for no more than a slow client takes`, async (t) => {
    const log = new ShopLog();
    const app = await shopApp(t, { upstream: await makeUpstream(t, log) });
    const origin = await listen(app);
    const request = httpRequest(`${origin}/v1/items:count?bytes=100000`).end();
    request.on("error", () => {});
    const [response] = await once(request, "response");
    await once(response, "data");
    response.pause();
    const settled = await whenStill(() => log.itemsSent);
    // Socket buffers of both sides and grpc-js' windows, far from the endless stream.
    assert.ok(settled < 400, `${settled} items of 100 kB were sent to a client that reads none`);
    request.destroy();
    await log.cancelled();
  });
}

test("chooses the format by Accept, and answers 406 for one that is not offered", async (t) => {
  const app = await shopApp(t);
  const stream = (accept: string) =>
    app.inject({ url: "/v1/items:count?limit=1", headers: { accept } });
  const sse = await stream("text/event-stream");
  assert.equal(sse.headers["content-type"], "text/event-stream");
  assert.match(sse.body, /^data: \{"name":"items\/1"/m);
  const array = await stream("application/json");
  assert.equal(array.json().length, 1);
  const none = await stream("image/png");
  assert.equal(none.statusCode, 406);
  assert.equal(none.json().code, 3);
});

test("frames a stream by an encoder of the app's, which Accept chooses", async (t) => {
  const app = await shopApp(t, { streaming: { formats: ["ndjson", csv] } });
  const stream = (query: string, accept: string) =>
    app.inject({ url: `/v1/items:count?${query}`, headers: { accept } });
  for (const accept of ["text/csv", "application/csv;q=0.9, */*;q=0.1"]) {
    const response = await stream("limit=2", accept);
    assert.equal(response.headers["content-type"], "text/csv; charset=utf-8");
    assert.equal(response.headers.vary, "accept");
    assert.equal(response.body, "name\r\nitems/1\r\nitems/2\r\n# 2\r\n");
  }
  const failed = await answerOf(t, app, "/v1/items:count?limit=1&failCode=7", {
    accept: "text/csv",
  });
  assert.equal(failed.body, "name\r\nitems/1\r\n# counted out\r\n");
  const other = await stream("limit=1", "*/*");
  assert.equal(other.headers["content-type"], "application/x-ndjson");
  const none = await stream("limit=1", "text/event-stream");
  assert.equal(
    none.json().message,
    "the stream is offered as application/x-ndjson, text/csv; charset=utf-8",
  );
});

const throwing = (member: "start" | "message" | "error" | "end") => ({
  ...csv,
  [member]() {
    throw new Error("of the encoder");
  },
});

test("an encoder that throws fails its own stream, is logged, and leaves no call", async (t) => {
  const lines: string[] = [];
  const logger = { stream: { write: (line: string) => void lines.push(line) } };
  const get = async (member: Parameters<typeof throwing>[0], query: string) => {
    const app = await shopApp(t, { streaming: { formats: [throwing(member)] } }, { logger });
    const { statusCode, body, isWhole } = await answerOf(t, app, `/v1/items:count?${query}`);
    assert.equal(lines.filter((line) => line.includes("could not be encoded")).length, 1);
    lines.length = 0;
    assert.equal(app.grpcGateway().gauges.calls, 0);
    return [statusCode, body, isWhole];
  };
  const internal = /^\{"code":13,"message":"An internal error occurred/;
  const [early, earlyBody] = await get("start", "limit=1");
  assert.equal(early, 500);
  assert.match(String(earlyBody), internal);
  const [empty, emptyBody] = await get("start", "limit=-1");
  assert.equal(empty, 500);
  assert.match(String(emptyBody), internal);
  assert.equal((await get("message", "limit=1"))[0], 500);
  const [ended, endedBody] = await get("end", "limit=1");
  assert.equal(ended, 200);
  assert.match(String(endedBody), /^name\r\nitems\/1\r\n# An internal error occurred/);
  assert.deepEqual(await get("error", "limit=1&failCode=7"), [200, "name\r\nitems/1\r\n", false]);
});

test("answers HEAD of a stream with headers and starts no call", async (t) => {
  const log = new ShopLog();
  const app = await shopApp(t, { upstream: await shopServer(log) });
  const response = await app.inject({ method: "HEAD", url: "/v1/items:count?limit=3" });
  assert.equal(response.statusCode, 200);
  assert.equal(response.headers["content-type"], "application/x-ndjson");
  assert.equal(log.itemsSent, 0);
});

test("answers an empty stream with 200 and no lines", async (t) => {
  const app = await shopApp(t);
  const response = await app.inject("/v1/items:count?limit=-1");
  assert.equal(response.statusCode, 200);
  assert.equal(response.body, "");
});

test("wraps lines as grpc-gateway does in its preset", async (t) => {
  const app = await shopApp(t, { preset: "grpc-gateway" });
  const response = await app.inject("/v1/items:count?limit=1&failCode=14");
  const [result, error] = response.body
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(result.result.name, "items/1");
  assert.equal(error.error.code, 14);
  // Also where no message came first, but not for a request that makes no call.
  const before = await app.inject("/v1/items:count?limit=-1&failCode=9");
  assert.equal(before.statusCode, 400);
  assert.equal(before.body, '{"error":{"code":9,"message":"counted out","details":[]}}\n');
  const malformed = await app.inject("/v1/items:count?limit=x");
  assert.equal(malformed.json().code, 3);
});

test("takes no notice of Accept in the preset of grpc-gateway", async (t) => {
  const app = await shopApp(t, { preset: "grpc-gateway" });
  for (const accept of ["text/html", "text/event-stream", "application/json;q=0"]) {
    const response = await app.inject({ url: "/v1/items:count?limit=1", headers: { accept } });
    assert.equal(response.statusCode, 200, accept);
    assert.equal(response.headers["content-type"], "application/json");
    assert.match(response.body, /^\{"result":\{.*\}\}\n$/);
  }
});
