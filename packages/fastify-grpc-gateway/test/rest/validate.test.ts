import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createValidator } from "@bufbuild/protovalidate";
import Fastify, { type FastifyInstance } from "fastify";
import grpcGateway, { createServer, type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";
import { booksProto } from "./books-service.ts";

interface Orders {
  readonly app: FastifyInstance;
  readonly seen: unknown[];
}

async function orders(
  t: TestContext,
  options: Partial<FastifyGrpcGatewayOptions> = { validate: true },
): Promise<Orders> {
  const seen: unknown[] = [];
  const echo = (call: { request: unknown }, respond: (error: null, message: unknown) => void) => {
    seen.push(call.request);
    respond(null, call.request);
  };
  const upstream = await createServer({
    proto: booksProto,
    services: {
      "rest.v1.Orders": {
        Place: echo,
        Say: echo,
        PlaceAll(call: AsyncIterable<unknown>, respond: (error: null, message: object) => void) {
          void (async () => {
            try {
              for await (const message of call) seen.push(message);
              respond(null, {});
            } catch {
              // The request broke off: there is nobody to answer.
            }
          })();
        },
      } as never,
    },
  });
  const app = Fastify();
  t.after(() => app.close());
  await app.register(grpcGateway, { proto: booksProto, upstream, ...options });
  return { app, seen };
}

const post = (app: FastifyInstance, url: string, payload: object) =>
  app.inject({ method: "POST", url, payload });

test("a request that breaks rules is 400 with JSON names, and reaches no service", async (t) => {
  const { app, seen } = await orders(t);
  const response = await post(app, "/v1/orders/ab", {
    orderItems: [{ productName: "a" }, {}],
    counts: { x: 0 },
  });
  assert.equal(response.statusCode, 400);
  const { code, message, details } = response.json();
  assert.equal(code, 3);
  const { fieldViolations } = details[0];
  assert.deepEqual(fieldViolations.map(({ field = "" }: { field?: string }) => field).sort(), [
    "",
    'counts["x"]',
    "orderId",
    "orderItems[1].productName",
  ]);
  assert.match(message, /orderId: .*3 characters/);
  assert.ok(fieldViolations.some(({ reason }: { reason: string }) => reason === "STRING_MIN_LEN"));
  assert.deepEqual(seen, []);
});

test("one that keeps them passes", async (t) => {
  const { app, seen } = await orders(t);
  const payload = { orderItems: [{ productName: "a" }], counts: { x: 1 } };
  assert.equal((await post(app, "/v1/orders/abc", payload)).statusCode, 200);
  assert.equal((await post(app, "/v1/free", { text: "" })).statusCode, 200);
  assert.equal(seen.length, 2);
});

test("without the option the service is asked", async (t) => {
  const { app, seen } = await orders(t, {});
  assert.equal((await post(app, "/v1/orders/a", {})).statusCode, 200);
  assert.equal(seen.length, 1);
});

test("violations name fields as the codec does, and createValidator may be handed in", async (t) => {
  const { app } = await orders(t, { validate: createValidator, json: { naming: "proto" } });
  const { message } = (await post(app, "/v1/orders/abc", {})).json();
  assert.match(message, /^order_items: /);
});

test("each message of a streamed request is held to the rules", async (t) => {
  const { app, seen } = await orders(t);
  const good = { orderId: "abc", orderItems: [{ productName: "a" }] };
  const response = await app.inject({
    method: "POST",
    url: "/v1/orders:all",
    headers: { "content-type": "application/x-ndjson" },
    payload: [good, { orderId: "a" }, good].map((one) => JSON.stringify(one)).join("\n"),
  });
  assert.equal(response.statusCode, 400);
  assert.match(response.json().message, /2/);
  assert.ok(seen.length <= 1);
});

test("a table answers violations as it answers any INVALID_ARGUMENT of a service", async (t) => {
  const { app } = await orders(t, {
    validate: true,
    errors: {
      bodyFormats: ["status"],
      responsesOf: () => [],
      toHttp: ({ status, origin }) => ({
        statusCode: origin === "service" && status.code === 3 ? 422 : 500,
        headers: {},
        body: "{}",
      }),
    },
  });
  assert.equal((await post(app, "/v1/orders/a", {})).statusCode, 422);
});
