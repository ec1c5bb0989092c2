import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Metadata } from "@grpc/grpc-js";
import Fastify, { type FastifyRequest } from "fastify";
import grpcGateway, { type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";
import { connectHttp2, requestHttp1, requestHttp2 } from "../one-port/http-clients.ts";
import { listen, remoteShop, ShopLog, shopProto, shopServer } from "../shop.ts";

const plain = { secure: false };
const protocols = ["HTTP/1.1", "HTTP/2"] as const;
const upstreams = {
  "in-process": (_t: TestContext, log: ShopLog) => shopServer(log),
  remote: remoteShop,
};

type Headers = Record<string, string | string[]>;

/** The metadata that a service sees of one request, whose headers a hook has in hand first. */
async function metadataOf(
  t: TestContext,
  protocol: (typeof protocols)[number],
  headers: Headers,
  hook: (request: FastifyRequest) => void,
  { upstream = "in-process", ...options }: Settings = {},
): Promise<Metadata> {
  const log = new ShopLog();
  const app = Fastify();
  t.after(() => app.close());
  app.addHook("onRequest", async (request) => hook(request));
  await app.register(grpcGateway, {
    proto: shopProto,
    upstream: await upstreams[upstream](t, log),
    headers: { request: { allow: ["x-user-id"] } },
    ...options,
  });
  const port = Number(new URL(await listen(app)).port);
  const path = "/v1/items/1";
  const answer =
    protocol === "HTTP/1.1"
      ? await requestHttp1(plain, port, path, { headers })
      : await requestHttp2(connectHttp2(t, plain, port), { ":path": path, ...headers });
  assert.equal(answer.statusCode, 200, answer.body.toString());
  return log.metadata[0] as Metadata;
}

type Settings = Partial<Omit<FastifyGrpcGatewayOptions, "upstream">> & {
  readonly upstream?: keyof typeof upstreams;
};

const setsAlice = ({ headers }: FastifyRequest): void => {
  headers["x-user-id"] = "alice";
};
const forged = { "x-user-id": "mallory" };

for (const protocol of protocols) {
  for (const preset of ["standard", "grpc-gateway"] as const) {
    for (const upstream of ["in-process", "remote"] as const) {
      const name = `${protocol}, ${preset}, ${upstream}`;
      test(`${name}: a header that a hook set reaches the service, a forged one does not`, async (t) => {
        const settings = { preset, upstream };
        for (const headers of [{}, forged]) {
          const metadata = await metadataOf(t, protocol, headers, setsAlice, settings);
          assert.deepEqual(metadata.get("x-user-id"), ["alice"]);
        }
      });

      test(`${name}: a header that a hook deleted is gone`, async (t) => {
        const remove = ({ headers }: FastifyRequest): void => {
          delete headers["x-user-id"];
        };
        const metadata = await metadataOf(t, protocol, forged, remove, { preset, upstream });
        assert.deepEqual(metadata.get("x-user-id"), []);
      });
    }
  }

  test(`${protocol}: a token that a hook put in place of a session is the one that is sent`, async (t) => {
    const swap = ({ headers }: FastifyRequest): void => {
      headers.authorization = "Bearer of-session";
    };
    const sent = { cookie: "sid=1", authorization: "Bearer of-client" };
    const metadata = await metadataOf(t, protocol, sent, swap);
    assert.deepEqual(metadata.get("authorization"), ["Bearer of-session"]);
  });

  test(`${protocol}: headers that a hook gives as a whole count as well`, async (t) => {
    const replace = (request: FastifyRequest): void => {
      request.headers = { "x-user-id": "alice" };
    };
    const metadata = await metadataOf(t, protocol, forged, replace);
    assert.deepEqual(metadata.get("x-user-id"), ["alice"]);
  });

  test(`${protocol}: x-forwarded-for and -host of grpc-gateway's preset are those that a hook left`, async (t) => {
    const clean = ({ headers }: FastifyRequest): void => {
      delete headers["x-forwarded-for"];
      headers["x-forwarded-host"] = "shop.example";
    };
    const sent = { "x-forwarded-for": "6.6.6.6", "x-forwarded-host": "evil.example" };
    const metadata = await metadataOf(t, protocol, sent, clean, { preset: "grpc-gateway" });
    assert.deepEqual(metadata.get("x-forwarded-for"), ["127.0.0.1"]);
    assert.deepEqual(metadata.get("x-forwarded-host"), ["shop.example"]);
  });

  test(`${protocol}: fields of one name that no hook touched stay apart`, async (t) => {
    const sent = { "x-user-id": ["a, b", "c"] };
    const metadata = await metadataOf(t, protocol, sent, () => {});
    assert.deepEqual(metadata.get("x-user-id"), ["a, b", "c"]);
  });
}
