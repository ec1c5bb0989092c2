import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { credentials } from "@grpc/grpc-js";
import Fastify, { type FastifyInstance } from "fastify";
import grpcOpenapi from "fastify-grpc-openapi";
import * as exported from "fastify-grpc-tenants";
import grpcTenants, {
  consulSource,
  etcdSource,
  type FastifyGrpcTenantsOptions,
  type PolicySource,
  redisSource,
  writeRedisDocument,
} from "fastify-grpc-tenants";
import { refuse } from "grpc-transcoding";
import { Redis } from "ioredis";
import { askHttp1, sendHttp1 } from "./clients.ts";
import { memorySource } from "./memory-source.ts";
import { bound, shop, shopProto } from "./shop.ts";
import { type Snippet, snippetsOf, yamlOf } from "./snippets.ts";
import { freePort } from "./source/free-port.ts";
import { realServer, withoutServer } from "./source/real-server.ts";
import { until } from "./until.ts";
import { workspace } from "./workspace.ts";

const [first, confirm, options, status, admin, sources, own, docs, ...rest] = snippetsOf(
  "docs/tenants.md",
) as Snippet[];
const [document = "", ...otherDocuments] = yamlOf("docs/tenants.md");

/** The page's document and protos, with the services of this test as its upstreams. */
async function pageFiles(t: Parameters<typeof shop>[0]) {
  const services = { pay: await shop(t, "pay"), risk: await shop(t, "risk") };
  const text = document
    .replace("pay-core:50051", `"${await bound(services.pay)}"`)
    .replace("risk-engine:50051", `"${await bound(services.risk)}"`);
  const files = workspace(t, {
    "tenants.yaml": text.replace("    policies: [internal-only]\n", ""),
    "protos/pay/shop.proto": shopProto(),
    "protos/risk/shop.proto": shopProto(),
  });
  return { files, text, services };
}

async function listening(t: Parameters<typeof shop>[0], app: FastifyInstance): Promise<number> {
  t.after(() => app.close());
  await app.listen({ port: 0, host: "127.0.0.1" });
  return (app.server.address() as { port: number }).port;
}

test("the page's first lines serve its tenants, and its other examples show and stop them", async (t) => {
  assert.deepEqual([rest, otherDocuments], [[], []]);
  const { files } = await pageFiles(t);
  const app = Fastify();
  const scoped = {
    register: (_plugin: unknown, given: object) =>
      app.register(grpcTenants, { ...given, file: files.path("tenants.yaml") }),
  };
  await first?.({ app: scoped, grpcTenants });
  await admin?.({ app, onlyAdmins: async () => {} });
  const port = await listening(t, app);
  assert.equal(await askHttp1(port)({ prefix: "/pay" }), "pay");
  assert.equal(await askHttp1(port)({ headers: { "x-tenant-id": "risk-engine" } }), "risk");
  const policy = (await sendHttp1(port, { prefix: "/pay" })).headers["ratelimit-policy"];
  assert.match(String(policy), /q=1200;w=60/);
  const stopped = await sendHttp1(port, {}, "/admin/tenants/pay-core/stop", "POST");
  assert.equal(JSON.parse(stopped.body).state, "stopped");
  assert.equal(await askHttp1(port)({ prefix: "/pay" }), "503");
  const told: unknown[] = [];
  files.write("tenants.yaml", "tenants:\n  - id: 7\n");
  await until(
    () => app.grpcTenants.status().stale,
    () => "not stale",
  );
  await status?.({ app, report: (...place: unknown[]) => told.push(place) });
  assert.deepEqual(told, [
    [2, 9, 'tenants[0].id is the number 7: quote it to make it a text: "7"'],
  ]);
});

test("the page's hook confirms a tenant", async (t) => {
  const { files } = await pageFiles(t);
  const app = Fastify();
  app.decorateRequest("user", { getter: () => ({ tenant: "pay-core" }) } as never);
  app.decorateRequest("jwtVerify", async () => {});
  await app.register(grpcTenants, { file: files.path("tenants.yaml") });
  await confirm?.({ app });
  const port = await listening(t, app);
  assert.equal(await askHttp1(port)({ prefix: "/pay" }), "pay");
  assert.equal(await askHttp1(port)({ prefix: "/risk" }), "403");
});

test("the page's options give tenants upstreams and policies by name", async (t) => {
  const { files, services } = await pageFiles(t);
  files.write("tenants.yaml", document.replaceAll(":50051", ""));
  const app = Fastify();
  const scoped = {
    register: (_plugin: unknown, given: FastifyGrpcTenantsOptions) =>
      app.register(grpcTenants, {
        ...given,
        file: files.path("tenants.yaml"),
        upstreams: { ...given.upstreams, "risk-engine": services.risk.server },
      }),
  };
  await options?.({
    app: scoped,
    grpcTenants,
    refuse,
    isInternal: () => false,
    payServer: services.pay.server,
    credentials: credentials.createInsecure(),
  });
  const port = await listening(t, app);
  assert.equal(await askHttp1(port)({ prefix: "/pay" }), "pay");
  assert.equal(await askHttp1(port)({ prefix: "/risk" }), "403");
});

const skip = withoutServer("redis-server", "redis-server");

test("the page's sources can be made, and that of Redis is followed", { skip }, async (t) => {
  const redisPort = await freePort();
  await realServer(t, {
    command: "redis-server",
    args: (dir) => ["--port", String(redisPort), "--bind", "127.0.0.1", "--save", "", "--dir", dir],
    ready: /Ready to accept connections/,
  });
  const { files, text } = await pageFiles(t);
  const client = new Redis({ port: redisPort, host: "127.0.0.1" });
  t.after(() => client.disconnect());
  const served = text.replace("    policies: [internal-only]\n", "").replaceAll("protos/", "");
  await writeRedisDocument(client, served, "{shop}:tenants");
  const app = Fastify();
  const scoped = {
    register: (_plugin: unknown, given: FastifyGrpcTenantsOptions) =>
      app.register(grpcTenants, {
        ...given,
        root: files.path("protos"),
        allowTargets: ["127.0.0.1:*"],
      }),
  };
  const made = (await sources?.(
    {
      app: scoped,
      grpcTenants,
      consulSource,
      etcdSource,
      redisSource: (given: object) => redisSource({ ...given, client }),
      Redis: class {
        mget(): void {}
        duplicate(): void {}
      },
      redisUrl: "",
      username: "root",
      password: "secret",
      token: "token",
      ca: "",
      lastGoodFile: files.path("last-good.yaml"),
    },
    "[fromEtcd, fromConsul, fromRedis]",
  )) as PolicySource[];
  assert.deepEqual(
    made.map(({ name }) => name),
    ["etcd shop/tenants", "consul shop/tenants", "redis {shop}:tenants"],
  );
  const port = await listening(t, app);
  assert.equal(await askHttp1(port)({ prefix: "/pay" }), "pay");
  assert.equal(readFileSync(files.path("last-good.yaml"), "utf8"), served);
});

test("the page's own source is followed", async (t) => {
  const text = "tenants: []";
  const source = (await own?.(
    { fetchDocument: async () => text, fetchRevision: async () => "7" },
    "source",
  )) as PolicySource;
  const app = Fastify();
  await app.register(grpcTenants, { source });
  await listening(t, app);
  assert.equal(app.grpcTenants.status().revision, "7");
});

test("the page's documents are served to Swagger UI", async (t) => {
  const { default: swagger } = await import("@fastify/swagger");
  const { default: swaggerUi } = await import("@fastify/swagger-ui");
  const { files } = await pageFiles(t);
  const app = Fastify();
  const scoped = {
    register: (plugin: unknown, given: object) =>
      app.register(
        plugin as never,
        (plugin === grpcTenants ? { ...given, file: files.path("tenants.yaml") } : given) as never,
      ),
  };
  await docs?.({ app: scoped, grpcTenants, grpcOpenapi, swagger, swaggerUi });
  const port = await listening(t, app);
  const get = (path: string) => sendHttp1(port, {}, path);
  assert.match(
    (await get("/docs/static/swagger-initializer.js")).body,
    /"configUrl":"\/openapi\/_ui.json"/,
  );
  const { urls } = JSON.parse((await get("/openapi/_ui.json")).body);
  assert.deepEqual(
    urls.map(({ name }: { name: string }) => name),
    ["pay-core", "risk-engine"],
  );
  for (const { url } of urls) assert.equal((await get(url)).status, 200);
  assert.equal((await get("/docs/pay-core")).headers.location, "./?urls.primaryName=pay-core");
  assert.equal((await get("/docs/")).status, 200);
});

test("the README's examples run, in both module systems", async (t) => {
  const [example, commonJs] = snippetsOf("packages/fastify-grpc-tenants/README.md");
  const [text = ""] = yamlOf("packages/fastify-grpc-tenants/README.md");
  const files = workspace(t, {
    "tenants.yaml": text,
    "protos/pay/shop.proto": shopProto(),
    "protos/risk/shop.proto": shopProto(),
  });
  const app = Fastify();
  t.after(() => app.close());
  const scoped = () => ({
    register: (_plugin: unknown, given: object) =>
      app.register(grpcTenants, { ...given, file: files.path("tenants.yaml") }),
  });
  await example?.({ Fastify: scoped, grpcTenants });
  assert.deepEqual(app.grpcTenants.list(), ["pay-core", "risk-engine"]);
  const { "module.exports": required } = exported;
  const plugin = await commonJs?.({ require: () => required }, "grpcTenants");
  assert.equal(plugin, grpcTenants);
});

test("the page names every error, and every option", async () => {
  const page = readFileSync(new URL("../../../docs/tenants.md", import.meta.url), "utf8");
  const named = new Set(page.match(/FST_GRPC_TENANTS_[A-Z_]*[A-Z]/g));
  const thrown = Object.keys(exported).filter((name) => name.startsWith("FST_"));
  assert.deepEqual([...named].sort(), thrown.sort());
  const app = Fastify();
  const unknown = { source: memorySource("tenants: []"), nothing: 1 } as never;
  const error = await app.register(grpcTenants, unknown).then(
    () => assert.fail(),
    (thrown: Error) => thrown,
  );
  const [, keys = ""] = /use one of (.*), prefix, logLevel/.exec(error.message) ?? [];
  assert.ok(keys.split(", ").length > 10);
  for (const key of keys.split(", "))
    assert.match(page, new RegExp(`^\\| [^|]*\`${key}\`[^|]* \\|`, "m"), key);
});
