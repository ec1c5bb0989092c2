import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Metadata } from "@grpc/grpc-js";
import Fastify, { type FastifyRequest } from "fastify";
import grpcGateway, { type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";
import { connectHttp2, requestHttp1, requestHttp2 } from "../one-port/http-clients.ts";
import { listen, remoteShop, ShopLog, shopApp, shopProto, shopServer } from "../shop.ts";

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
  test(`${protocol}: entries of the option metadata replace all others of their key`, async (t) => {
    const metadata = await metadataOf(t, protocol, forged, () => {}, {
      metadata: ({ headers }) => [
        ["X-User-Id", `${headers["x-user-id"]}-checked`],
        ["x-roles", "a"],
        ["x-roles", "b"],
        ["x-key-bin", new Uint8Array([1, 255])],
      ],
    });
    assert.deepEqual(metadata.get("x-user-id"), ["mallory-checked"]);
    assert.deepEqual(metadata.get("x-roles"), ["a", "b"]);
    assert.deepEqual(metadata.get("x-key-bin"), [Buffer.from([1, 255])]);
  });

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

for (const [what, own, told] of [
  ["a key that no call may carry", [["connection", "close"]], /"connection"/],
  ["a key of gRPC's own", [["grpc-timeout", "1S"]], /"grpc-timeout"/],
  ["a key that is none", [["x user", "alice"]], /"x user"/],
  ["a text that is not ASCII", [["x-user", "J\u00f6rg"]], /"x-user"/],
  ["a text where bytes are meant", [["x-key-bin", "AQI="]], /"x-key-bin"/],
  ["no text", [["x-age", 7]], /"x-age"/],
  ["no entry", ["x-user"], /\[key, value\]/],
  ["a promise", Promise.resolve([]), /list of \[key, value\]/],
] as const) {
  test(`metadata of the app with ${what} is a 500, and the log says why`, async (t) => {
    const log = new ShopLog();
    const errors: string[] = [];
    const stream = { write: (line: string) => void errors.push(JSON.parse(line).err.message) };
    const app = await shopApp(
      t,
      { upstream: await shopServer(log), metadata: () => own as never },
      { logger: { level: "error", stream } },
    );
    const response = await app.inject("/v1/items/1");
    assert.equal(response.statusCode, 500);
    assert.equal(response.json().code, 13);
    assert.equal(log.requests.length, 0);
    assert.equal(errors.length, 1);
    assert.match(errors[0] as string, told);
  });
}

test("too much metadata of client and app together is a 431", async (t) => {
  const many = Array.from({ length: 100 }, (_, i) => [`x-${i}`, "1"] as const);
  const app = await shopApp(t, { metadata: () => many });
  assert.equal((await app.inject("/v1/items/1")).statusCode, 200);
  const headers = { authorization: "Bearer t" };
  assert.equal((await app.inject({ url: "/v1/items/1", headers })).statusCode, 431);
});
