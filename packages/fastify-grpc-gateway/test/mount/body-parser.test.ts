import assert from "node:assert/strict";
import { test } from "node:test";
import { connectHttp2, requestHttp2 } from "../one-port/http-clients.ts";
import { listen, shopApp } from "../shop.ts";

const post = { ":method": "POST", ":path": "/v1/items?itemId=9" };

test("over HTTP/2 a body without content-type is read as JSON", async (t) => {
  const app = await shopApp(t);
  const port = Number(new URL(await listen(app)).port);
  const session = connectHttp2(t, { secure: false }, port);
  // Neither content-type nor content-length: only the stream itself tells that there is a body.
  const answer = await requestHttp2(session, post, '{"price":"5"}');
  assert.equal(answer.statusCode, 200);
  assert.equal(JSON.parse(String(answer.body)).price, "5");
  session.close();
});

test("over HTTP/2 a request without a body gets no content-type from the gateway", async (t) => {
  const app = await shopApp(t);
  const seen: unknown[] = [];
  app.addHook("preHandler", async ({ headers }) => void seen.push(headers["content-type"]));
  const port = Number(new URL(await listen(app)).port);
  const session = connectHttp2(t, { secure: false }, port);
  const empty = await requestHttp2(session, post);
  assert.deepEqual([empty.statusCode, JSON.parse(String(empty.body)).price], [200, "0"]);
  await requestHttp2(session, { ":path": "/v1/items/7" });
  assert.deepEqual(seen, [undefined, undefined]);
  session.close();
});
