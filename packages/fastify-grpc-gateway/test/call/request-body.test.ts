import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import Fastify, { type FastifyInstance } from "fastify";
import grpcGateway, { type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";
import { requestBody } from "../../src/call/request-body.ts";
import { connectHttp2, requestHttp2 } from "../one-port/http-clients.ts";
import { listen, ShopLog, shopProto, shopServer } from "../shop.ts";

interface Replaced {
  readonly app: FastifyInstance;
  readonly log: ShopLog;
  readonly errors: string[];
  /** What `grpcBinding.decode()` told a hook behind the one that replaced the body. */
  readonly decoded: unknown[];
}

/** A gateway behind a hook that replaces the body. */
async function replacedBody(
  t: TestContext,
  replace: (body: unknown) => unknown,
  { decodes = true, ...options }: Partial<FastifyGrpcGatewayOptions> & { decodes?: boolean } = {},
): Promise<Replaced> {
  const errors: string[] = [];
  const decoded: unknown[] = [];
  const log = new ShopLog();
  const stream = { write: (line: string) => void errors.push(JSON.parse(line).err.message) };
  const app = Fastify({ logger: { level: "error", stream } });
  t.after(() => app.close());
  app.addHook("preValidation", async (request) => {
    request.body = replace(request.body);
  });
  app.addHook("preHandler", async (request) => {
    if (decodes) decoded.push(request.grpcBinding?.decode());
  });
  const upstream = await shopServer(log);
  await app.register(grpcGateway, { proto: shopProto, upstream, ...options });
  return { app, log, errors, decoded };
}

const create = { method: "POST", url: "/v1/items?itemId=7" } as const;
const sent = { item: { name: "", price: "5", picture: Buffer.alloc(0), tags: ["a"] }, itemId: "7" };
const item = { price: "5", tags: ["a"] };

for (const preset of ["standard", "grpc-gateway"] as const) {
  for (const [what, replace] of [
    ["an object", () => item],
    ["an object without prototype", () => Object.assign(Object.create(null), item)],
    [
      "an object with toJSON",
      () =>
        new (class {
          toJSON = () => item;
        })(),
    ],
    ["a text", () => JSON.stringify(item)],
    ["a Buffer", () => Buffer.from(JSON.stringify(item))],
    ["a part of what came", (body: unknown) => ({ ...item, ...JSON.parse(String(body)) })],
  ] as const) {
    test(`${preset}: ${what} that a hook put in the place of the body is sent`, async (t) => {
      const { app, log, decoded } = await replacedBody(t, replace, { preset });
      const response = await app.inject({ ...create, payload: {} });
      assert.equal(response.statusCode, 200, response.body);
      assert.deepEqual(log.requests, [sent]);
      const [told] = decoded as [{ item: object; itemId: string }];
      assert.equal(told.itemId, "7");
      assert.deepEqual({ ...told.item, name: "", picture: "" }, { ...item, name: "", picture: "" });
    });
  }
}

test("an object is sent where the client sent no body, or one of another type", async (t) => {
  for (const payload of [undefined, "<item/>"]) {
    const { app, log } = await replacedBody(t, () => item);
    const headers = payload === undefined ? {} : { "content-type": "application/xml" };
    const response = await app.inject({ ...create, headers, ...(payload && { payload }) });
    assert.equal(response.statusCode, 200, response.body);
    assert.deepEqual(log.requests, [sent]);
  }
});

test("an object is sent over HTTP/2 as well", async (t) => {
  const { app, log } = await replacedBody(t, () => item);
  const session = connectHttp2(t, { secure: false }, Number(new URL(await listen(app)).port));
  const head = { ":method": "POST", ":path": create.url, "content-type": "application/json" };
  assert.equal((await requestHttp2(session, head, "{}")).statusCode, 200);
  assert.deepEqual(log.requests, [sent]);
});

test("the fields of an object that a hook gave are judged as those of a client", async (t) => {
  const { app, log } = await replacedBody(t, () => ({ price: "much", nothing: 1 }));
  const response = await app.inject({ ...create, payload: {} });
  assert.equal(response.statusCode, 400);
  const [{ fieldViolations }] = response.json().details;
  assert.deepEqual(
    fieldViolations.map(({ field }: { field: string }) => field),
    ["item.price", "item.nothing"],
  );
  assert.equal(log.requests.length, 0);
});

test("an object in the place of a google.api.HttpBody is its JSON", async (t) => {
  const { app } = await replacedBody(t, () => item);
  const headers = { "content-type": "image/png" };
  const response = await app.inject({ method: "POST", url: "/v1/files", headers, payload: "x" });
  assert.equal(response.headers["content-type"], "application/json");
  assert.deepEqual(response.json(), item);
});

test("an array is its JSON as well", () => {
  assert.equal(Buffer.from(requestBody([{ price: 5 }]).bytes).toString(), '[{"price":5}]');
});

test("null and undefined are no body", async (t) => {
  for (const none of [null, undefined]) {
    const { app, log } = await replacedBody(t, () => none);
    assert.equal((await app.inject(create)).statusCode, 200);
    assert.deepEqual(log.requests, [{ item: null, itemId: "7" }]);
  }
});

class Order {
  readonly price = 5;
}
const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;
for (const [what, body, told] of [
  ["a number", 7, /request\.body to a number/],
  ["a boolean", true, /request\.body to a boolean/],
  ["a function", () => item, /request\.body to a function/],
  ["a stream", Readable.from(["{}"]), /request\.body to a Readable/],
  ["a Map", new Map(), /request\.body to a Map/],
  ["a promise", Promise.resolve(item), /request\.body to a Promise/],
  ["an object of a class", new Order(), /request\.body to an? Order/],
  ["a bigint inside", { price: 5n }, /no JSON: .*BigInt/],
  ["a cycle", cyclic, /no JSON: .*circular/],
  ["a toJSON that gives nothing", { toJSON: () => undefined }, /no JSON: its toJSON/],
] as const) {
  test(`${what} in the place of the body is a 500, and the log says why`, async (t) => {
    for (const decodes of [true, false]) {
      const { app, log, errors } = await replacedBody(t, () => body, { decodes });
      const response = await app.inject({ ...create, payload: {} });
      assert.equal(response.statusCode, 500);
      assert.equal(response.json().code, 13);
      assert.equal(log.requests.length, 0);
      assert.equal(errors.length, 1);
      assert.match(errors[0] as string, told);
    }
  });
}
