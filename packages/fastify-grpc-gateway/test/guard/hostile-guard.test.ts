import assert from "node:assert/strict";
import http2 from "node:http2";
import { type TestContext, test } from "node:test";
import Fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import grpcGateway, { attachGrpcServer, type Policy } from "fastify-grpc-gateway";
import { connectHttp2, grpcFrame, grpcHeaders, requestHttp2 } from "../one-port/http-clients.ts";
import { plain } from "../one-port/server-shapes.ts";
import { askHttp1, askNative, guardedApp, guardedServer, guardProto } from "./guarded-app.ts";

const whoAmI = "/guard.v1.Guarded/WhoAmI";

/** Refuses every call without a token. */
async function demandToken({ rpc, headers }: FastifyRequest): Promise<void> {
  if (rpc && headers.authorization === undefined) {
    throw Object.assign(new Error("no"), { statusCode: 401 });
  }
}

const ways = ["gateway", "attached server"] as const;
for (const way of ways) {
  for (const hook of ["onRequest", "preValidation", "preHandler"] as const) {
    test(`a ${hook} hook that is added after an awaited ${way} guards native calls`, async (t) => {
      const app = Fastify();
      t.after(() => app.close());
      const upstream = await guardedServer();
      if (way === "gateway") await app.register(grpcGateway, { proto: guardProto, upstream });
      else attachGrpcServer(app, { name: "guarded", server: upstream });
      await app.register(async () => {});
      app.addHook(hook, demandToken);
      await app.listen({ port: 0, host: "127.0.0.1" });
      const { port } = app.server.address() as { port: number };
      const native = askNative(t, port, whoAmI);
      assert.equal(await native({ "x-user": "eve" }), "UNAUTHENTICATED");
      assert.equal(await native({ authorization: "token", "x-user": "alice" }), "alice");
      if (way === "gateway") assert.equal(await askHttp1(port, "/v1/whoami")({}), "401");
    });
  }
}

test("a preParsing hook that is added after the gateway does not read a native call's messages", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  app.addHook("onRequest", demandToken);
  await app.register(grpcGateway, { proto: guardProto, upstream: await guardedServer() });
  app.addHook("preParsing", async (_request, _reply, payload) => {
    for await (const _ of payload);
    return payload;
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as { port: number };
  const ask = askNative(t, port, whoAmI);
  assert.equal(await ask({ authorization: "token", "x-user": "alice" }), "alice");
});

/** Sends one call as bytes of HTTP/2; tells the HTTP status with the gRPC status, if any. */
function askRaw(t: TestContext, port: number) {
  const session = connectHttp2(t, plain, port);
  return async (headers: http2.OutgoingHttpHeaders): Promise<string> => {
    const hasBody = !["GET", "HEAD", "OPTIONS"].includes(String(headers[":method"]));
    const answer = await requestHttp2(session, headers, hasBody ? grpcFrame("") : undefined);
    const status = answer.headers["grpc-status"] ?? answer.trailers["grpc-status"];
    return status === undefined ? `${answer.statusCode}` : `${answer.statusCode} ${status}`;
  };
}

type Attack = readonly [what: string, headers: http2.OutgoingHttpHeaders, answer: string];

const tokenLess: readonly Attack[] = [
  ...["application/grpc;x", "APPLICATION/GRPC", "application/grpc+json", "application/grpc;"].map(
    (type) => [type, grpcHeaders(whoAmI, type), "200 16"] as const,
  ),
  ...["application/grpc-web", "application/grpcx", "text/plain"].map(
    (type) => [type, grpcHeaders(whoAmI, type), "404"] as const,
  ),
  ...["GET", "HEAD", "OPTIONS", "PUT", "TRACE", "DELETE"].map(
    (method) => [method, { ...grpcHeaders(whoAmI), ":method": method }, "200 16"] as const,
  ),
  ...["?x", "#x", "/", ";x", "%20"].map(
    (end) => [`a path with ${end}`, grpcHeaders(whoAmI + end), "200 12"] as const,
  ),
  ["a doubled slash", grpcHeaders(`/${whoAmI}`), "200 12"],
  ["a path in lower case", grpcHeaders(whoAmI.toLowerCase()), "200 12"],
  ["an encoded path", grpcHeaders("/guard.v1.Guarded/Who%41mI"), "200 12"],
  ["a version", { ...grpcHeaders(whoAmI), "accept-version": "1.x" }, "200 16"],
  [
    "a forged constraint",
    { ...grpcHeaders(whoAmI, "text/plain"), grpcgateway: "native:1:1" },
    "404",
  ],
];

test("no form of a request gets past a hook that wants a token", async (t) => {
  const { port } = await guardedApp(t, {
    upstream: "in-process",
    hooks: (app) => app.addHook("onRequest", demandToken),
  });
  const ask = askRaw(t, port);
  for (const [what, headers, answer] of tokenLess) assert.equal(await ask(headers), answer, what);
});

test("a method that an upstream would read otherwise than policies do is not passed on", async (t) => {
  const seen: (string | undefined)[] = [];
  const upstream = http2.createServer((request, response) => {
    seen.push(request.url);
    response.writeHead(200, { "content-type": "application/grpc", "grpc-status": "0" });
    response.end();
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  t.after(() => upstream.close());
  const app = Fastify();
  t.after(() => app.close());
  app.addHook("onRequest", demandToken);
  await app.register(grpcGateway, {
    proto: guardProto,
    upstream: `127.0.0.1:${(upstream.address() as { port: number }).port}`,
    nativeGrpc: { services: "all", open: ["open.Open"] },
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const ask = askRaw(t, (app.server.address() as { port: number }).port);
  const method = "/other.Other/Get";
  for (const path of [
    `${method}?x`,
    `${method}#`,
    `${method};x`,
    `${method}/`,
    "/other.Other/%47et",
  ]) {
    assert.equal(await ask({ ...grpcHeaders(path), authorization: "token" }), "200 12", path);
  }
  const around = "/open.Open/..%2fother.Other%2fGet";
  assert.equal(await ask(grpcHeaders(around)), "200 12");
  assert.equal(await ask(grpcHeaders(method)), "200 16");
  assert.deepEqual(seen, []);
  await ask({ ...grpcHeaders(method), authorization: "token" });
  assert.deepEqual(seen, [method]);
});

const failure = { code: 7, message: "no", details: [] };
const unreadable = new Proxy(new Error("unreadable"), {
  get() {
    throw new Error("trap");
  },
});
const refusals: Record<string, readonly [verdict: () => unknown, code: string]> = {
  "a name that is none": [
    () => ({ refuse: { status: failure, origin: "gateway", trailers: [["bad key", "v"]] } }),
    "PERMISSION_DENIED",
  ],
  "a line break in a name": [
    () => ({ refuse: { status: failure, origin: "gateway", trailers: [["x\r\ny", "v"]] } }),
    "PERMISSION_DENIED",
  ],
  "100 kB of message": [
    () => ({ refuse: { status: { ...failure, message: "é".repeat(5e4) }, origin: "gateway" } }),
    "PERMISSION_DENIED",
  ],
  "100 kB of details": [
    () => {
      const detail = { typeUrl: "type.googleapis.com/x.Y", value: Buffer.alloc(1e5) };
      return { refuse: { status: { ...failure, details: [detail] }, origin: "gateway" } };
    },
    "PERMISSION_DENIED",
  ],
  "no details": [
    () => ({ refuse: { status: { code: 7, message: "no" }, origin: "gateway" } }),
    "INTERNAL",
  ],
  "code 99": [
    () => ({ refuse: { status: { ...failure, code: 99 }, origin: "gateway" } }),
    "INTERNAL",
  ],
  "a line break in metadata": [() => ({ metadata: { "x-user": "a\r\nb" } }), "INTERNAL"],
  "a pseudo header": [() => ({ metadata: { ":path": "/x" } }), "INTERNAL"],
  "an error that cannot be read": [
    () => {
      throw unreadable;
    },
    "INTERNAL",
  ],
  "null thrown": [
    () => {
      throw null;
    },
    "INTERNAL",
  ],
};

test("what a policy returns or throws refuses the call, however it is shaped, at once and later", async (t) => {
  let verdict = (): unknown => undefined;
  let isLate = false;
  const policy = (() => (isLate ? Promise.resolve().then(verdict) : verdict())) as Policy;
  const { port } = await guardedApp(t, { upstream: "in-process", gateway: { policies: [policy] } });
  const ask = askNative(t, port, whoAmI);
  for (const [what, [given, code]] of Object.entries(refusals)) {
    verdict = given;
    for (isLate of [false, true]) assert.equal(await ask({ "x-user": "eve" }), code, what);
  }
});

test("a hook's error with headers that cannot be sent refuses the call", async (t) => {
  const { port } = await guardedApp(t, {
    upstream: "in-process",
    hooks: (app) =>
      app.addHook("onRequest", async (request: FastifyRequest, reply: FastifyReply) => {
        if (request.headers["x-raw"]) {
          reply.hijack();
          reply.raw.writeHead(401, { "bad key": "v" });
          reply.raw.end();
          return;
        }
        throw Object.assign(new Error("no"), { statusCode: 401, headers: { "bad key": "v" } });
      }),
  });
  const ask = askNative(t, port, whoAmI);
  assert.equal(await ask({}), "UNAUTHENTICATED");
  assert.equal(await ask({ "x-raw": "1" }), "UNAUTHENTICATED");
});

test("an identity that a hook writes in another case replaces the client's", async (t) => {
  const { port } = await guardedApp(t, {
    upstream: "in-process",
    hooks: (app) =>
      app.addHook("onRequest", async ({ headers }) => {
        headers["X-User"] = "alice";
      }),
  });
  assert.equal(await askNative(t, port, whoAmI)({ "x-user": "eve" }), "alice");
  assert.equal(await askNative(t, port, whoAmI)({}), "alice");
});

test("each call passes the hooks of its own gateway's scope only", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  const ran: string[] = [];
  for (const name of ["Guarded", "Hidden"]) {
    const upstream = await guardedServer();
    await app.register(async (scope) => {
      scope.addHook("onRequest", async ({ rpc }) => void ran.push(`${name}: ${rpc?.service}`));
      const services = [`guard.v1.${name}`];
      await scope.register(grpcGateway, {
        proto: guardProto,
        upstream,
        services,
        prefix: `/${name}`,
      });
    });
  }
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as { port: number };
  await askNative(t, port, whoAmI)({});
  await askNative(t, port, "/guard.v1.Hidden/WhoAmI")({});
  assert.deepEqual(ran, ["Guarded: guard.v1.Guarded", "Hidden: guard.v1.Hidden"]);
});
