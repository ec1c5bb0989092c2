import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type FastifyInstance, LogController } from "fastify";
import { createServer } from "fastify-grpc-gateway";
import type { Upstream } from "../src/transport/upstream.ts";
import { remoteShop, ShopLog, shopApp, shopHandlers, shopProto, shopServer } from "./shop.ts";

interface Shop {
  readonly app: FastifyInstance;
  readonly log: ShopLog;
}

const upstreams: Record<string, (t: TestContext, log: ShopLog) => Promise<Upstream>> = {
  "in-process": (_t, log) => shopServer(log),
  remote: remoteShop,
};

/** Runs a test against a shop of this process and one behind a socket. */
function forEachUpstream(name: string, body: (shop: Shop, t: TestContext) => Promise<void>): void {
  for (const [kind, makeUpstream] of Object.entries(upstreams)) {
    test(`${kind}: ${name}`, async (t) => {
      const log = new ShopLog();
      const app = await shopApp(t, { upstream: await makeUpstream(t, log) });
      await body({ app, log }, t);
    });
  }
}

forEachUpstream("answers a GET with the response message as JSON", async ({ app }) => {
  const response = await app.inject("/v1/items/7?number=3");
  assert.equal(response.statusCode, 200);
  assert.equal(response.headers["content-type"], "application/json");
  assert.deepEqual(response.json(), { name: "items/7", price: "3", picture: "", tags: [] });
});

forEachUpstream("fills the request from additional bindings as well", async ({ app }) => {
  const response = await app.inject("/v1/items-by-number/42");
  assert.equal(response.json().price, "42");
});

forEachUpstream("fills the request from path, query and body", async ({ app, log }) => {
  const created = await app.inject({
    method: "POST",
    url: "/v1/items?itemId=9",
    payload: { price: "9007199254740993", picture: "aGk=", tags: ["x"] },
  });
  assert.deepEqual(created.json(), {
    name: "items/9",
    price: "9007199254740993",
    picture: "aGk=",
    tags: ["x"],
  });
  const patched = await app.inject({
    method: "PATCH",
    url: "/v1/items/5",
    payload: { price: 4 },
  });
  assert.equal(patched.statusCode, 200);
  assert.deepEqual(log.requests.at(-1), {
    item: { name: "items/5", price: "4", picture: Buffer.alloc(0), tags: [] },
    updateMask: { paths: ["price"] },
  });
});

forEachUpstream("answers with the field that response_body names", async ({ app }) => {
  const response = await app.inject("/v1/names");
  assert.deepEqual(response.json(), ["a", "b"]);
});

forEachUpstream("passes google.api.HttpBody through as bytes, both ways", async ({ app }) => {
  const payload = Buffer.from([0, 255, 10, 13]);
  const response = await app.inject({
    method: "POST",
    url: "/v1/files",
    payload,
    headers: { "content-type": "image/png" },
  });
  assert.equal(response.headers["content-type"], "image/png");
  assert.deepEqual(response.rawPayload, payload);
});

forEachUpstream("passes allowed headers in and allowed metadata out", async ({ app, log }) => {
  const response = await app.inject({
    url: "/v1/items/7",
    headers: {
      authorization: "Bearer t",
      "x-request-id": "r1",
      "x-other": "no",
      connection: "close",
    },
  });
  const metadata = log.metadata.at(-1);
  assert.deepEqual(metadata?.get("authorization"), ["Bearer t"]);
  assert.deepEqual(metadata?.get("x-request-id"), ["r1"]);
  assert.deepEqual(metadata?.get("x-other"), []);
  assert.equal(response.headers["x-shelf"], "12");
  assert.equal(response.headers["x-took"], "5");
  assert.equal(response.headers.secret, undefined);
});

forEachUpstream("answers HEAD like GET, without the body", async ({ app }) => {
  const response = await app.inject({ method: "HEAD", url: "/v1/items/7" });
  assert.equal(response.statusCode, 200);
  assert.equal(response.body, "");
  assert.equal(response.headers["x-shelf"], "12");
});

forEachUpstream("maps the service's status to HTTP with google.rpc.Status", async ({ app }) => {
  const response = await app.inject({
    method: "POST",
    url: "/v1/items:fail",
    payload: { code: 5, message: "no such item" },
  });
  assert.equal(response.statusCode, 404);
  assert.equal(response.headers["content-type"], "application/json");
  assert.deepEqual(response.json(), { code: 5, message: "no such item", details: [] });
});

forEachUpstream("answers 504 when the client's grpc-timeout passes", async ({ app, log }) => {
  const response = await app.inject({
    url: "/v1/items/7:wait",
    headers: { "grpc-timeout": "300m" },
  });
  assert.equal(response.statusCode, 504);
  assert.equal(response.json().code, 4);
  await log.cancelled();
});

const malformed: readonly [name: string, request: object, field: string, reason: RegExp][] = [
  ["malformed JSON", { payload: '{"price":' }, "item", /JSON/],
  ["bad base64", { payload: { picture: "%%" } }, "item.picture", /base64/],
  ["a number out of range", { payload: { price: "9223372036854775808" } }, "item.price", /int64/],
  ["a body of the wrong shape", { payload: { tags: [1] } }, "item.tags[0]", /string/],
  [
    "an unknown body field",
    { payload: { colour: "red" } },
    "item.colour",
    /unknown|no such|no field/i,
  ],
  [
    "an unknown query parameter",
    { url: "/v1/items?colour=red" },
    "colour",
    /unknown|no field|no such/i,
  ],
];
for (const [name, request, field, reason] of malformed) {
  test(`answers 400 naming the field for ${name}`, async (t) => {
    const app = await shopApp(t);
    const response = await app.inject({
      method: "POST",
      url: "/v1/items",
      headers: { "content-type": "application/json" },
      ...request,
    });
    assert.equal(response.statusCode, 400, response.body);
    const { code, details } = response.json();
    assert.equal(code, 3);
    const [violation] = details[0].fieldViolations;
    assert.equal(violation.field, field);
    assert.match(violation.description, reason);
  });
}

test("answers 400 for a path variable that is no number, and for a broken escape", async (t) => {
  const app = await shopApp(t);
  const number = await app.inject("/v1/items-by-number/x");
  assert.equal(number.statusCode, 400);
  assert.equal(number.json().details[0].fieldViolations[0].field, "number");
  const large = await app.inject("/v1/items-by-number/4294967296");
  assert.equal(large.statusCode, 400);
  assert.equal((await app.inject("/v1/items/%zz")).statusCode, 400);
});

test("answers 413 for a body over the limit and 415 for one that cannot be JSON", async (t) => {
  const app = await shopApp(t, { limits: { maxBodyBytes: 100 } });
  const post = (payload: string, headers: Record<string, string>) =>
    app.inject({ method: "POST", url: "/v1/items", payload, headers });
  const large = await post(`"${"x".repeat(200)}"`, { "content-type": "application/json" });
  assert.equal(large.statusCode, 413);
  assert.equal(typeof large.json().code, "number");
  const xml = await post("<item/>", { "content-type": "application/xml" });
  assert.equal(xml.statusCode, 415);
  assert.match(xml.json().message, /application\/xml.*application\/json/);
  const gzip = await post("{}", { "content-type": "application/json", "content-encoding": "gzip" });
  assert.equal(gzip.statusCode, 415);
  assert.match(gzip.json().message, /gzip/);
});

test("reads JSON whatever curl calls it, and takes no body for an empty message", async (t) => {
  const app = await shopApp(t);
  const form = await app.inject({
    method: "POST",
    url: "/v1/items",
    payload: '{"price":5}',
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  assert.equal(form.json().price, "5");
  const empty = await app.inject({
    method: "POST",
    url: "/v1/items",
    headers: { "content-type": "application/json" },
  });
  assert.equal(empty.statusCode, 200);
});

test("leaves unknown paths to the app's 404 and answers wrong methods 405 with Allow", async (t) => {
  const app = await shopApp(t);
  const unknown = await app.inject("/v1/nothing");
  assert.equal(unknown.statusCode, 404);
  assert.match(unknown.json().message, /Route GET:\/v1\/nothing not found/);
  const wrong = await app.inject({ method: "DELETE", url: "/v1/items/7" });
  assert.equal(wrong.statusCode, 405);
  assert.equal(wrong.headers.allow, "GET, HEAD, PATCH");
  assert.equal(wrong.json().code, 12);
});

test("answers unknown paths by the error table when told to", async (t) => {
  const app = await shopApp(t, { notFound: "table" });
  const response = await app.inject("/v1/nothing");
  assert.equal(response.statusCode, 404);
  assert.equal(response.json().code, 5);
});

test("logs one line a call, unless request logging is off", async (t) => {
  for (const disableRequestLogging of [false, true]) {
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) };
    const logController = new LogController({ disableRequestLogging });
    const app = await shopApp(t, {}, { logger: { stream }, logController });
    await app.inject("/v1/items/7");
    const calls = lines.map((line) => JSON.parse(line)).filter((line) => line.grpc !== undefined);
    assert.equal(calls.length, disableRequestLogging ? 0 : 1);
    if (!disableRequestLogging) {
      assert.deepEqual(calls[0].grpc, { method: "/shop.v1.Shop/GetItem", code: "OK" });
      assert.equal(typeof calls[0].durations.totalMs, "number");
    }
  }
});

test("honours the message limit of a server of this process, unless an option says otherwise", async (t) => {
  const payload = { picture: "A".repeat(4000) };
  const post = { method: "POST", url: "/v1/items", payload } as const;
  const small = await createServer({
    proto: shopProto,
    services: { "shop.v1.Shop": shopHandlers(new ShopLog()) },
    server: { "grpc.max_receive_message_length": 1000 },
  });
  const strict = await shopApp(t, { upstream: small, services: ["shop.v1.Shop"] });
  assert.equal((await strict.inject(post)).statusCode, 429);
  const limits = { maxRequestBytes: -1 };
  const lenient = await shopApp(t, { upstream: small, services: ["shop.v1.Shop"], limits });
  assert.equal((await lenient.inject(post)).statusCode, 200);
});

test("takes JSON without its name from programs, not from pages of other sites", async (t) => {
  const app = await shopApp(t);
  const post = (headers: Record<string, string>) =>
    app.inject({ method: "POST", url: "/v1/items", payload: '{"price":5}', headers });
  const type = { "content-type": "text/plain" };
  assert.equal((await post(type)).statusCode, 200);
  assert.equal((await post({ ...type, origin: "https://evil.example" })).statusCode, 415);
  assert.equal((await post({ ...type, "sec-fetch-site": "cross-site" })).statusCode, 415);
  const named = { "content-type": "application/json", origin: "https://a.example" };
  assert.equal((await post(named)).statusCode, 200);
});

test("leaves metadata out of the response that would make its headers too large", async (t) => {
  const app = await shopApp(t);
  const response = await app.inject({ url: "/v1/items/7", headers: { "x-request-id": "large" } });
  assert.equal(response.statusCode, 200);
  assert.equal(response.headers["x-shelf"], "12");
  assert.equal(response.headers["x-large"], undefined);
});
