import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { expectTypeOf } from "expect-type";
import Fastify from "fastify";
import * as exported from "fastify-grpc-gateway";
import grpcGateway, {
  createServer,
  type FastifyGrpcGatewayOptions,
  fastifyGrpcGateway,
  type GrpcGateway,
} from "fastify-grpc-gateway";
import { csv } from "../csv-encoder.ts";
import { shopApp, shopProto, shopServer } from "../shop.ts";

type Options = Record<string, unknown>;

const refused: readonly [name: string, options: Options, code: string, message: RegExp][] = [
  [
    "no schema",
    { proto: undefined },
    "FST_GRPC_OPTION",
    /proto, descriptorSet, reflection, schema/,
  ],
  ["two schemas", { descriptorSet: "x.binpb" }, "FST_GRPC_OPTION", /proto and descriptorSet/],
  ["an unknown option", { protos: "x" }, "FST_GRPC_OPTION", /"protos".*known are/],
  ["no upstream", { upstream: undefined }, "FST_GRPC_OPTION", /"upstream".*grpc\.Server/],
  [
    "an unknown preset",
    { preset: "envoy" },
    "FST_GRPC_OPTION",
    /"preset".*"standard" or "grpc-gateway"; got "envoy"/,
  ],
  ["a prefix with a slash behind", { prefix: "/api/" }, "FST_GRPC_OPTION", /"prefix".*"\/api\/"/],
  [
    "a limit that is no number",
    { limits: { maxBodyBytes: "1mb" } },
    "FST_GRPC_OPTION",
    /"limits\.maxBodyBytes".*"1mb"/,
  ],
  ["an unknown header option", { headers: { requst: {} } }, "FST_GRPC_OPTION", /"headers\.requst"/],
  [
    "an unknown streaming option",
    { streaming: { format: ["sse"] } },
    "FST_GRPC_OPTION",
    /"streaming\.format"/,
  ],
  [
    "an unknown deadline option",
    { deadline: { default: 5 } },
    "FST_GRPC_OPTION",
    /"deadline\.default"/,
  ],
  ["JSON options that are none", { json: null }, "FST_GRPC_OPTION", /"json"/],
  ["a name that is no text", { name: 5 }, "FST_GRPC_OPTION", /"name".*5/],
  ["an error table that is none", { errors: {} }, "FST_GRPC_OPTION", /"errors"/],
  ["services that are no list", { services: "shop.v1.Shop" }, "FST_GRPC_OPTION", /"services"/],
  [
    "a target that is no text",
    { upstream: { target: 5 } },
    "FST_GRPC_OPTION",
    /"upstream\.target".*got 5/,
  ],
  ["an unknown bound", { onePort: { maxStreams: 5 } }, "FST_GRPC_OPTION", /"onePort\.maxStreams"/],
  [
    "a bound that is no number",
    { onePort: { maxPrematureResets: "5" } },
    "FST_GRPC_OPTION",
    /"onePort\.maxPrematureResets".*whole number, 1 or more; got "5"/,
  ],
  ["a bound of nothing", { onePort: { maxConcurrentStreams: 0 } }, "FST_GRPC_OPTION", /got 0/],
  ["bounds that are none", { onePort: 5 }, "FST_GRPC_OPTION", /"onePort" must be an object/],
  ["an empty target", { upstream: "" }, "FST_GRPC_OPTION", /"upstream".*""/],
  [
    "an unknown target option",
    { upstream: { target: "a:1", channel: 2 } },
    "FST_GRPC_OPTION",
    /"upstream\.channel"/,
  ],
  [
    "no channels",
    { upstream: { target: "a:1", channels: 0 } },
    "FST_GRPC_OPTION",
    /"upstream\.channels".*1 or more; got 0/,
  ],
  ["a prefix with a space", { prefix: "/a b" }, "FST_GRPC_OPTION", /"prefix".*"\/a b"/],
  ["a prefix of dots", { prefix: "/.." }, "FST_GRPC_OPTION", /"prefix"/],
  ["a negative grace", { closeGraceMs: -1 }, "FST_GRPC_OPTION", /"closeGraceMs".*-1/],
  ["an unknown limit", { limits: { maxBytes: 1 } }, "FST_GRPC_OPTION", /"limits\.maxBytes"/],
  ["an unknown JSON option", { json: { emit: "some" } }, "FST_GRPC_OPTION", /"json\.emit".*"some"/],
  [
    "an unknown stream format",
    { streaming: { formats: ["xml"] } },
    "FST_GRPC_OPTION",
    /"streaming\.formats".*"xml"/,
  ],
  [
    "a stream encoder without functions",
    { streaming: { formats: ["sse", { name: "csv", contentType: "text/csv" }] } },
    "FST_GRPC_OPTION",
    /"streaming\.formats\[1\]\.start" must be a function; got undefined/,
  ],
  [
    "a stream encoder whose content type no header can carry",
    { streaming: { formats: [{ ...csv, contentType: "text/csv\r\nx: y" }] } },
    "FST_GRPC_OPTION",
    /"streaming\.formats\[0\]\.contentType" must be a media type such as .*; got "text\/csv\\r/,
  ],
  [
    "media types of a stream encoder that no Accept names",
    { streaming: { formats: [{ ...csv, mediaTypes: ["text/CSV"] }] } },
    "FST_GRPC_OPTION",
    /"streaming\.formats\[0\]\.mediaTypes" must be .* lower case.*; got \["text\/CSV"\]/,
  ],
  [
    "a deadline that is none",
    { deadline: { defaultMs: -1 } },
    "FST_GRPC_OPTION",
    /"deadline\.defaultMs".*above 0.*got -1/,
  ],
  [
    "a header rule that is none",
    { headers: { request: { allow: ["a b"] } } },
    "FST_GRPC_OPTION",
    /"headers\.request\.allow".*\["a b"\]/,
  ],
  ["a proto that is not there", { proto: "nowhere" }, "FST_GRPC_SCHEMA", /nowhere/],
  [
    "a service that is not there",
    { services: ["shop.v1.Shp"] },
    "FST_GRPC_SCHEMA",
    /shop\.v1\.Shp/,
  ],
];
for (const [name, options, code, message] of refused) {
  test(`refuses ${name}`, async (t) => {
    const app = Fastify();
    t.after(() => app.close());
    const all = { proto: shopProto, upstream: await shopServer(), ...options };
    await assert.rejects(
      async () => app.register(grpcGateway, all as unknown as FastifyGrpcGatewayOptions),
      (error: Error & { code: string }) => {
        assert.equal(error.code, code, error.message);
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

function protoFile(t: TestContext, lines: readonly string[]): string {
  const dir = mkdtempSync(join(tmpdir(), "gateway-"));
  t.after(() => rmSync(dir, { recursive: true }));
  const path = join(dir, "a.proto");
  writeFileSync(path, ['syntax = "proto3";', ...lines].join("\n"));
  return path;
}

const badProtos: readonly [name: string, lines: readonly string[], message: RegExp][] = [
  ["a syntax error", ["message A {", "  int32 a = ;", "}"], /a\.proto:3:13/],
  ["an unknown import", ['import "nowhere.proto";'], /a\.proto:2:\d+.*nowhere\.proto/],
  [
    "a rule that names a field which the message lacks",
    [
      'import "google/api/annotations.proto";',
      "message A {}",
      "service S {",
      "  rpc Get(A) returns (A) {",
      '    option (google.api.http) = { get: "/v1/{id}" };',
      "  }",
      "}",
    ],
    /a\.proto:\d+.*S\/Get.*"id" is not a field of A/s,
  ],
];
for (const [name, lines, message] of badProtos) {
  test(`refuses ${name}, naming the place`, async (t) => {
    const proto = protoFile(t, lines);
    await assert.rejects(shopApp(t, { proto }), { code: "FST_GRPC_SCHEMA", message });
  });
}

test("refuses two gateways of one name", async (t) => {
  const app = await shopApp(t);
  await assert.rejects(
    async () => app.register(grpcGateway, { proto: shopProto, upstream: await shopServer() }),
    { code: "FST_GRPC_OPTION", message: /"default".*name, or prefix/ },
  );
});

test("serves only the services that it is told to", async (t) => {
  const app = await shopApp(t, { services: ["shop.v1.Shop"] });
  assert.equal(app.grpcGateway().schema.services.length, 1);
});

test("has everything on what require() returns", () => {
  const { "module.exports": required, ...named } = exported;
  for (const [name, value] of Object.entries(named)) {
    if (name === "default" || name === "fastifyGrpcGateway") assert.equal(value, required);
    else assert.equal((required as unknown as Record<string, unknown>)[name], value, name);
  }
});

test("tells what is missing: routes, handlers, and the reason of a failing upstream", async (t) => {
  const lines: { msg: string }[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const logs = (pattern: RegExp) => lines.some(({ msg }) => pattern.test(msg));
  const fastify = { logger: { stream } };
  const empty = await createServer({ proto: shopProto, services: {} });
  await shopApp(t, { upstream: empty }, fastify);
  assert.ok(logs(/no handler for methods/));
  const proto = protoFile(t, ["message A {}", "service S { rpc Get(A) returns (A); }"]);
  await shopApp(t, { proto, services: ["S"] }, fastify);
  assert.ok(logs(/no REST route.*google\.api\.http/));
  const lost = await shopApp(t, { upstream: "127.0.0.1:1" }, fastify);
  assert.equal((await lost.inject("/v1/items/1")).statusCode, 503);
  assert.ok(logs(/^upstream: .*(ECONNREFUSED|connect)/i), JSON.stringify(lines.slice(-3)));
});

test("logs what a handler throws or rejects with, and answers the client all the same", async (t) => {
  const errors: { err?: { message: string } }[] = [];
  const stream = { write: (line: string) => void errors.push(JSON.parse(line)) };
  const upstream = await createServer({
    proto: shopProto,
    services: {
      "shop.v1.Shop": {
        GetItem() {
          throw new Error("a bug in the handler");
        },
        CreateItem: (async () => {
          throw new Error("a bug after an await");
        }) as never,
      },
    },
  });
  const app = await shopApp(t, { upstream }, { logger: { stream } });
  assert.equal((await app.inject("/v1/items/1")).statusCode, 500);
  const rejected = await app.inject({ method: "POST", url: "/v1/items", payload: {} });
  assert.equal(rejected.statusCode, 500);
  const messages = errors.map(({ err }) => err?.message);
  assert.ok(messages.includes("a bug in the handler"));
  assert.ok(messages.includes("a bug after an await"));
});

test("types its options and its decorators", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  assert.equal(grpcGateway, fastifyGrpcGateway);
  expectTypeOf(app.grpcGateway).toEqualTypeOf<(name?: string) => GrpcGateway>();
  await assert.rejects(async () => {
    // @ts-expect-error a number is no upstream
    await app.register(grpcGateway, { proto: shopProto, upstream: 1 });
  });
});

test("two gateways cannot ask for different bounds of their port", async (t) => {
  const app = await shopApp(t, { onePort: { maxConcurrentStreams: 50 }, prefix: "/one" });
  const second = (maxConcurrentStreams: number) =>
    app.register(grpcGateway, {
      proto: shopProto,
      upstream: "127.0.0.1:1",
      services: ["shop.v1.Clock"],
      prefix: `/p${maxConcurrentStreams}`,
      onePort: { maxConcurrentStreams },
    });
  await assert.rejects(async () => second(60), {
    code: "FST_GRPC_OPTION",
    message: /"onePort": maxConcurrentStreams is 50 on this port.*cannot be 60/,
  });
});
