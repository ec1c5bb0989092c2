import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Metadata, type ServerWritableStream, type sendUnaryData } from "@grpc/grpc-js";
import Fastify, { type FastifyReply } from "fastify";
import grpcGateway, { createServer, type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";
import { connectHttp2, requestHttp1, requestHttp2 } from "../one-port/http-clients.ts";
import { listen, shopProto } from "../shop.ts";

interface Sending {
  sendMetadata(metadata: Metadata): void;
}

function sendLocation(call: Sending): void {
  const metadata = new Metadata();
  metadata.set("location", "/v1/items/7");
  call.sendMetadata(metadata);
}

const plain = { secure: false };
const protocols = ["HTTP/1.1", "HTTP/2"] as const;

/** The status and location of an answer whose service sent a location. */
async function locationOf(
  t: TestContext,
  protocol: (typeof protocols)[number],
  path: string,
  onSend: (reply: FastifyReply) => void,
  options: Partial<FastifyGrpcGatewayOptions> = {},
): Promise<readonly [number, unknown]> {
  const upstream = await createServer({
    proto: shopProto,
    services: {
      "shop.v1.Shop": {
        GetItem(call: Sending, callback: sendUnaryData<object>) {
          sendLocation(call);
          callback(null, {});
        },
        Wait(call: Sending, callback: sendUnaryData<object>) {
          sendLocation(call);
          callback({ code: 5, details: "gone" });
        },
        Count(call: ServerWritableStream<object, object>) {
          sendLocation(call);
          call.write({});
          call.end();
        },
      },
    },
  });
  const app = Fastify();
  t.after(() => app.close());
  await app.register(grpcGateway, { proto: shopProto, upstream, ...options });
  app.addHook("onSend", async (_request, reply) => onSend(reply));
  const port = Number(new URL(await listen(app)).port);
  const { statusCode, headers } =
    protocol === "HTTP/1.1"
      ? await requestHttp1(plain, port, path)
      : await requestHttp2(connectHttp2(t, plain, port), { ":path": path });
  return [statusCode, headers.location];
}

const location = "/v1/items/7";
const creates = (reply: FastifyReply): void => void reply.code(201);

for (const protocol of protocols) {
  for (const [kind, path] of [
    ["a unary call", "/v1/items/7"],
    ["a stream", "/v1/items:count"],
  ] as const) {
    const locationAfter =
      (onSend: (reply: FastifyReply) => void, options?: Partial<FastifyGrpcGatewayOptions>) =>
      (t: TestContext) =>
        locationOf(t, protocol, path, onSend, options);

    test(`${protocol}: the location of ${kind} is sent where onSend makes it a 201`, async (t) => {
      assert.deepEqual(await locationAfter(creates)(t), [201, location]);
    });

    test(`${protocol}: the location of ${kind} is not sent with 200`, async (t) => {
      assert.deepEqual(await locationAfter(() => {})(t), [200, undefined]);
    });

    test(`${protocol}: a location that onSend puts in its place is sent with ${kind}`, async (t) => {
      const own = (reply: FastifyReply): void => void reply.header("location", "/own");
      assert.deepEqual(await locationAfter(own)(t), [200, "/own"]);
    });

    for (const allow of [["location"], ["*"]]) {
      test(`${protocol}: ${JSON.stringify(allow)} lets the location of ${kind} pass with 200`, async (t) => {
        const options = { headers: { response: { allow } } };
        assert.deepEqual(await locationAfter(() => {}, options)(t), [200, location]);
      });
    }
  }

  test(`${protocol}: the location of a call that failed is sent where it is allowed`, async (t) => {
    const path = "/v1/items/7:wait";
    const options = { headers: { response: { allow: ["location"] } } };
    const none = () => {};
    assert.deepEqual(await locationOf(t, protocol, path, none), [404, undefined]);
    assert.deepEqual(await locationOf(t, protocol, path, none, options), [404, location]);
  });
}

test("a location that a hook had set stands where that of the service does not fit", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  const upstream = await createServer({
    proto: shopProto,
    services: {
      "shop.v1.Shop": {
        GetItem(call: Sending, callback: sendUnaryData<object>) {
          sendLocation(call);
          callback(null, {});
        },
      },
    },
  });
  app.addHook("onRequest", async (_request, reply) => {
    reply.header("location", "/of-hook");
  });
  await app.register(grpcGateway, { proto: shopProto, upstream });
  assert.equal((await app.inject("/v1/items/7")).headers.location, "/of-hook");
});
