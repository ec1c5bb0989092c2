import assert from "node:assert/strict";
import { test } from "node:test";
import { type GatewayEvent, gatewayRegistry } from "grpc-transcoding";
import { askHttp1, askNative, clientsOf, sendHttp1 } from "../clients.ts";
import { memorySource } from "../memory-source.ts";
import { shopProto } from "../shop.ts";
import { type TenantsApp, tenantsApp, twoShops, twoTenants } from "../tenants-app.ts";
import { until } from "../until.ts";

const header = (id: string) => ({ headers: { "x-tenant-id": id } });

function generations({ app }: TenantsApp): Record<string, number> {
  return Object.fromEntries(
    app.grpcTenants.status().tenants.map(({ id, generation }) => [id, generation]),
  );
}

/** The lines of the log about documents that were refused. */
function refusals({ log }: TenantsApp): readonly string[] {
  return log.filter((line) => line.includes("document is refused"));
}

async function twoTenantsApp(
  t: Parameters<typeof tenantsApp>[0],
  options = {},
): Promise<TenantsApp> {
  const { upstreams } = await twoShops(t, "in-process");
  return await tenantsApp(t, { document: twoTenants(), options: { upstreams, ...options } });
}

test("a change of the document is effective within a second, and touches no other tenant", async (t) => {
  const made = await twoTenantsApp(t);
  const before = generations(made);
  assert.equal(await askHttp1(made.port)({ prefix: "/pay" }), "pay");
  made.write(twoTenants().replace("/pay", "/money"));
  await until(
    async () => (await askHttp1(made.port)({ prefix: "/money" })) === "pay",
    () => "no change",
    1000,
  );
  assert.equal(await askHttp1(made.port)({ prefix: "/pay" }), "404");
  const after = generations(made);
  assert.notEqual(after.pay, before.pay);
  assert.equal(after.risk, before.risk);
  const [pay, risk] = made.app.grpcTenants.status().tenants;
  assert.equal(pay?.revision, made.app.grpcTenants.status().revision);
  assert.notEqual(risk?.revision, pay?.revision);
});

test("a document that says the same otherwise touches no tenant", async (t) => {
  const made = await twoTenantsApp(t);
  const before = generations(made);
  const { revision } = made.app.grpcTenants.status();
  made.write(`# a comment\n${twoTenants()}`);
  await until(
    () => made.app.grpcTenants.status().revision !== revision,
    () => "no other revision",
  );
  assert.deepEqual(generations(made), before);
});

test("tenants come and go", async (t) => {
  const made = await twoTenantsApp(t);
  const third = "  - id: third\n    proto_path: pay\n    upstream: risk\n";
  made.write(`${twoTenants()}${third}`);
  const ask = askHttp1(made.port);
  await until(
    async () => (await ask(header("third"))) === "risk",
    () => "no third tenant",
  );
  assert.deepEqual(made.app.grpcTenants.list(), ["pay", "risk", "third"]);
  made.write(`tenants:\n${third}`);
  await until(
    async () => (await ask(header("pay"))) === "404",
    () => "still there",
  );
  assert.equal(await ask({ prefix: "/pay" }), "404");
  assert.equal(await askNative(t, made.port)(header("pay")), "UNIMPLEMENTED");
  assert.equal(await ask(header("third")), "risk");
  assert.deepEqual(made.app.grpcTenants.list(), ["third"]);
  made.write("tenants: []");
  await until(
    async () => (await ask(header("third"))) === "404",
    () => "still there",
  );
});

test("a document that is wrong changes nothing, is logged once with its place, and stands in the status", async (t) => {
  const made = await twoTenantsApp(t);
  const before = generations(made);
  const wrong = twoTenants("    colour: red").replace("/risk", "/pay/risk");
  made.write(wrong);
  await until(
    () => made.app.grpcTenants.status().stale,
    () => "not stale",
  );
  const { error, revision } = made.app.grpcTenants.status();
  assert.deepEqual(
    error?.problems.map(({ line, column, message }) => [line, column, message.slice(0, 34)]),
    [[7, 5, "tenants[0].colour does not exist. "]],
  );
  assert.match(error?.message ?? "", /tenants.yaml:7:5: tenants\[0\].colour does not exist/);
  assert.notEqual(error?.revision, revision);
  assert.deepEqual(generations(made), before);
  assert.equal(await askHttp1(made.port)({ prefix: "/pay" }), "pay");
  await assert.rejects(made.app.grpcTenants.reload(), { code: "FST_GRPC_TENANTS_DOCUMENT" });
  assert.equal(refusals(made).length, 1);
  assert.match(refusals(made)[0] ?? "", /tenants.yaml:7:5/);
  made.write(twoTenants().replace("/pay", "/money"));
  await until(
    () => !made.app.grpcTenants.status().stale,
    () => "still stale",
  );
  assert.equal(made.app.grpcTenants.status().error, undefined);
  assert.equal(await askHttp1(made.port)({ prefix: "/money" }), "pay");
});

test("of a document of which one tenant cannot be built none becomes effective", async (t) => {
  const made = await twoTenantsApp(t);
  const before = generations(made);
  made.files.write("broken/shop.proto", 'syntax = "proto3";\nmessage A {\n  stringg b = 1;\n}\n');
  made.write(
    twoTenants().replace("/pay", "/money").replace("proto_path: risk", "proto_path: broken"),
  );
  await until(
    () => made.app.grpcTenants.status().stale,
    () => "not stale",
  );
  const [problem] = made.app.grpcTenants.status().error?.problems ?? [];
  assert.equal(problem?.line, 11);
  assert.match(problem?.message ?? "", /^tenant "risk": .*broken\/shop.proto:3:3: .*stringg/);
  assert.deepEqual(generations(made), before);
  assert.equal(await askHttp1(made.port)({ prefix: "/pay" }), "pay");
  assert.equal(await askHttp1(made.port)({ prefix: "/money" }), "404");
});

const unbuildable: readonly [what: string, lines: string, message: RegExp][] = [
  [
    "no such directory",
    "",
    /:5:17: tenant "pay": .*"nowhere" is no file, directory or glob|:5:17: tenant "pay": .*nowhere/,
  ],
  [
    "a status that is none of a code",
    "    errors: { codes: { NOT_FUND: 404 } }",
    /:7:34: tenant "pay": .*NOT_FUND/,
  ],
  [
    "a service that the protos lack",
    "    services: [shop.v1.Shoop]",
    /:7:16: tenant "pay": .*shop.v1.Shoop/,
  ],
  [
    "a deadline of a method that is not there",
    '    deadline: { methods: { "shop.v1.Shop.Whom": 1 } }',
    /:7:\d+: tenant "pay": .*shop.v1.Shop.Whom/,
  ],
  [
    "a body limit above the gateway's",
    "    message_limits: { max_body_bytes: 100000000 }",
    /:7:39: tenant "pay": .*maxBodyBytes/,
  ],
];

for (const [what, lines, message] of unbuildable) {
  test(`${what} is told with the place of the document`, async (t) => {
    const made = await twoTenantsApp(t);
    const text = twoTenants(lines);
    made.write(lines === "" ? text.replace("proto_path: pay", "proto_path: nowhere") : text);
    await until(
      () => made.app.grpcTenants.status().stale,
      () => "not stale",
    );
    assert.match(made.app.grpcTenants.status().error?.message ?? "", message);
  });
}

test("two bindings of a tenant's own protos that are one are told by name", async (t) => {
  const made = await twoTenantsApp(t);
  made.files.write("risk/other.proto", shopProto().replace("shop.v1", "other.v1"));
  await until(
    () => made.app.grpcTenants.status().stale,
    () => "not stale",
  );
  assert.match(
    made.app.grpcTenants.status().error?.message ?? "",
    /tenant "risk": .*shop.v1.Shop.*other.v1.Shop|tenant "risk": .*other.v1.Shop.*shop.v1.Shop/s,
  );
  assert.equal(await askHttp1(made.port)({ prefix: "/risk" }), "risk");
});

test("a proto that changes reloads its tenant alone, one that breaks changes nothing until it is mended", async (t) => {
  const made = await twoTenantsApp(t);
  const before = generations(made);
  const ask = askHttp1(made.port);
  made.files.write("pay/shop.proto", shopProto("/v2/who"));
  await until(
    async () => (await ask({ prefix: "/pay" }, "/v2/who")) === "pay",
    () => "no change",
    1000,
  );
  assert.equal(await ask({ prefix: "/pay" }), "404");
  assert.equal(generations(made).risk, before.risk);
  made.files.write("pay/shop.proto", "syntax = ");
  await until(
    () => made.app.grpcTenants.status().stale,
    () => "not stale",
  );
  assert.equal(await ask({ prefix: "/pay" }, "/v2/who"), "pay");
  made.files.write("pay/shop.proto", shopProto("/v3/who"));
  await until(
    async () => (await ask({ prefix: "/pay" }, "/v3/who")) === "pay",
    () => "no change",
  );
  assert.equal(made.app.grpcTenants.status().stale, false);
});

test("a proto that comes into a new directory, or into an include dir, is seen", async (t) => {
  const made = await twoTenantsApp(t);
  const reloads = () => generations(made).pay ?? 0;
  const before = reloads();
  made.files.write(
    "pay/deep/er/extra.proto",
    'syntax = "proto3";\npackage deep.er;\nmessage Extra {}\n',
  );
  await until(
    () => reloads() > before,
    () => "no reload",
  );
});

test("requests in flight finish on the generation that they began on", async (t) => {
  const { pay, upstreams } = await twoShops(t, "in-process");
  const made = await tenantsApp(t, { document: twoTenants(), options: { upstreams } });
  const clients = clientsOf(t, made.port);
  const waiting = Object.values(clients).map((ask) => ask({ prefix: "/pay" }, "/v1/who/wait"));
  await until(
    () => pay.waiting === 3,
    () => `${pay.waiting} wait`,
  );
  assert.equal(made.app.grpcTenants.status("pay")?.inFlight, 3);
  made.files.write("pay/shop.proto", shopProto("/v2/who"));
  await until(
    async () => (await clients.http1({ prefix: "/pay" }, "/v2/who")) === "pay",
    () => "no change",
  );
  assert.equal(made.app.grpcTenants.status("pay")?.inFlight, 3);
  pay.release();
  assert.deepEqual(await Promise.all(waiting), ["pay", "pay", "pay"]);
  await until(
    () => made.app.grpcTenants.status("pay")?.inFlight === 0,
    () => "still in flight",
  );
});

for (const [what, change] of [
  ["that is gone", () => "tenants: []"],
  ["that was changed", () => twoTenants().replace("/pay", "/money")],
] as const) {
  test(`what is in flight of a tenant ${what} is ended after its time`, async (t) => {
    const { pay, upstreams } = await twoShops(t, "in-process");
    const options = { upstreams, drainMs: 50 };
    const made = await tenantsApp(t, { document: twoTenants(), options });
    const clients = clientsOf(t, made.port);
    const waiting = Object.values(clients).map((ask) => ask({ prefix: "/pay" }, "/v1/who/wait"));
    await until(
      () => pay.waiting === 3,
      () => `${pay.waiting} wait`,
    );
    made.write(change());
    const began = performance.now();
    assert.deepEqual(await Promise.all(waiting), ["503", "503", "UNAVAILABLE"]);
    assert.ok(performance.now() - began < 3000);
  });
}

test("a new tenant's proto that is mended makes the document effective", async (t) => {
  const made = await twoTenantsApp(t);
  made.files.write("third/shop.proto", "syntax = ");
  made.write(`${twoTenants()}  - { id: third, proto_path: third, upstream: pay }\n`);
  await until(
    () => made.app.grpcTenants.status().stale,
    () => "not stale",
  );
  made.files.write("third/shop.proto", shopProto());
  await until(
    async () => (await askHttp1(made.port)(header("third"))) === "pay",
    () => "no third tenant",
  );
});

test("tenants with one API share it, and keep it when something else changes", async (t) => {
  const { upstreams } = await twoShops(t, "in-process");
  const document = twoTenants().replace("proto_path: risk", "proto_path: pay");
  const made = await tenantsApp(t, { document, options: { upstreams } });
  const schemas = () => gatewayRegistry(made.app.server).tenants.map(({ schema }) => schema);
  const [pay, risk] = schemas();
  assert.equal(pay, risk);
  made.write(document.replace("/risk", "/fraud"));
  await until(
    async () => (await askHttp1(made.port)({ prefix: "/fraud" })) === "risk",
    () => "no change",
  );
  assert.deepEqual(
    schemas().map((schema) => schema === pay),
    [true, true],
  );
});

test("reload tells what has changed", async (t) => {
  const source = memorySource(twoTenants());
  const { upstreams } = await twoShops(t, "in-process");
  const { dir } = (await tenantsApp(t, { document: twoTenants(), options: { upstreams } })).files;
  const events: GatewayEvent[] = [];
  const { app } = await tenantsApp(t, {
    document: "",
    options: { source, root: dir, upstreams },
    before: (instance) =>
      void gatewayRegistry(instance.server).onEvent((event) => void events.push(event)),
  });
  assert.deepEqual(await app.grpcTenants.reload(), {
    revision: "1",
    added: [],
    changed: [],
    removed: [],
  });
  source.set(
    twoTenants()
      .replace("/pay", "/money")
      .replaceAll("risk", "fraud")
      .replace("proto_path: fraud", "proto_path: risk")
      .replace("upstream: fraud", "upstream: risk"),
  );
  await until(
    () => app.grpcTenants.status().revision === "2",
    () => "not effective",
  );
  source.set("tenants: {}");
  await until(
    () => app.grpcTenants.status().stale,
    () => "not stale",
  );
  source.fail("gone");
  assert.deepEqual(
    events.map(({ type, revision, added, changed, removed }) => ({
      type,
      revision,
      added,
      changed,
      removed,
    })),
    [
      { type: "tenants-changed", revision: "1", added: ["pay", "risk"], changed: [], removed: [] },
      {
        type: "tenants-changed",
        revision: "2",
        added: ["fraud"],
        changed: ["pay"],
        removed: ["risk"],
      },
      {
        type: "tenants-rejected",
        revision: "3",
        added: undefined,
        changed: undefined,
        removed: undefined,
      },
      {
        type: "tenants-unavailable",
        revision: undefined,
        added: undefined,
        changed: undefined,
        removed: undefined,
      },
    ],
  );
});

test("a source that fails leaves what is effective, and is told until it answers again", async (t) => {
  const { upstreams } = await twoShops(t, "in-process");
  const { files } = await tenantsApp(t, { document: twoTenants(), options: { upstreams } });
  const source = memorySource(twoTenants());
  const made = await tenantsApp(t, {
    document: "",
    options: { source, root: files.dir, upstreams },
  });
  const { app, port, log } = made;
  const stale = () =>
    gatewayRegistry(app.server)
      .gauges.find(({ name }) => name === "grpc_tenants_stale")
      ?.read();
  assert.equal(stale(), 0);
  for (let i = 0; i < 3; i += 1) source.fail("connection refused");
  assert.equal(app.grpcTenants.status().error?.message, "connection refused");
  assert.equal(stale(), 1);
  assert.equal(log.filter((line) => line.includes("cannot be had")).length, 1);
  await assert.rejects(app.grpcTenants.reload(), /connection refused/);
  assert.equal(await askHttp1(port)({ prefix: "/pay" }), "pay");
  source.set(twoTenants());
  await until(
    () => !app.grpcTenants.status().stale,
    () => "still stale",
  );
});

test("the last of many changes wins, whatever comes in between", async (t) => {
  const { upstreams } = await twoShops(t, "in-process");
  const { files } = await tenantsApp(t, { document: twoTenants(), options: { upstreams } });
  const source = memorySource(twoTenants());
  const { app, port } = await tenantsApp(t, {
    document: "",
    options: { source, root: files.dir, upstreams },
  });
  for (let i = 1; i <= 50; i += 1) {
    source.set(i % 5 === 0 ? "tenants: {}" : twoTenants().replace("/pay", `/pay${i}`));
  }
  source.set(twoTenants().replace("/pay", "/last"));
  await until(
    () => app.grpcTenants.status().revision === "52",
    () => app.grpcTenants.status().revision,
  );
  assert.equal(await askHttp1(port)({ prefix: "/last" }), "pay");
  assert.equal(app.grpcTenants.status().stale, false);
});

test("an app without a document, or with a wrong one, does not start", async (t) => {
  const { upstreams } = await twoShops(t, "in-process");
  const options = { upstreams };
  await assert.rejects(
    tenantsApp(t, { document: "tenants: {}", options }),
    /tenants.yaml:1:10: tenants is \{\}: give a list/,
  );
  await assert.rejects(
    tenantsApp(t, {
      document: twoTenants().replace("proto_path: pay", "proto_path: nowhere"),
      options,
    }),
    /nowhere/,
  );
  await assert.rejects(
    tenantsApp(t, { document: "", options: { file: "/nowhere/tenants.yaml" } }),
    { code: "FST_GRPC_TENANTS_SOURCE" },
  );
});

test("a document from elsewhere names only upstreams that the app allows", async (t) => {
  const { upstreams } = await twoShops(t, "in-process");
  const { files } = await tenantsApp(t, { document: twoTenants(), options: { upstreams } });
  const elsewhere = twoTenants().replace("upstream: pay", 'upstream: "evil.example:50051"');
  const source = memorySource(elsewhere);
  const options = { source, root: files.dir, upstreams };
  await assert.rejects(
    tenantsApp(t, { document: "", options }),
    /memory:6:15: "evil.example:50051" is not among the allowed targets: none/,
  );
  const { app } = await tenantsApp(t, {
    document: "",
    options: { ...options, allowTargets: ["*.example:50051"] },
  });
  assert.deepEqual(app.grpcTenants.list(), ["pay", "risk"]);
});

test("an app that closes leaves no watch, and closes while a document is being built", async (t) => {
  const { upstreams } = await twoShops(t, "in-process");
  const { files } = await tenantsApp(t, { document: twoTenants(), options: { upstreams } });
  const source = memorySource(twoTenants());
  const { app, log } = await tenantsApp(t, {
    document: "",
    options: { source, root: files.dir, upstreams },
  });
  assert.equal(source.watches, 1);
  source.set(twoTenants().replace("/pay", "/money"));
  await app.close();
  assert.equal(source.watches, 0);
  assert.deepEqual(
    log.filter((line) => line.includes('"level":50')),
    [],
  );
});

test("a stopped tenant is 503 with Retry-After for all protocols, others go on, and it stays so when it is changed", async (t) => {
  const made = await twoTenantsApp(t);
  const { app, port } = made;
  const clients = clientsOf(t, port);
  await app.grpcTenants.stop("pay", { retryAfterS: 7 });
  assert.equal(app.grpcTenants.status("pay")?.state, "stopped");
  assert.equal(await clients.http1({ prefix: "/pay" }), "503");
  assert.equal(await clients.http2(header("pay")), "503");
  assert.equal(await clients.native(header("pay")), "UNAVAILABLE");
  assert.equal(await clients.native({ host: "pay.example" }), "UNAVAILABLE");
  assert.equal((await sendHttp1(port, { prefix: "/pay" })).headers["retry-after"], "7");
  for (const ask of Object.values(clients)) assert.equal(await ask(header("risk")), "risk");
  made.write(twoTenants().replace("/pay", "/money"));
  await until(
    async () => (await clients.http1({ prefix: "/money" })) === "503",
    () => "not changed",
  );
  app.grpcTenants.start("pay");
  for (const ask of Object.values(clients)) assert.equal(await ask({ prefix: "/money" }), "pay");
  assert.equal(app.grpcTenants.status("pay")?.state, "serving");
  await assert.rejects(
    app.grpcTenants.stop("nobody"),
    /option tenant is "nobody": there are: pay, risk/,
  );
  assert.throws(() => app.grpcTenants.start("constructor"), { code: "FST_GRPC_TENANTS_OPTION" });
  assert.equal(app.grpcTenants.status("nobody"), undefined);
});
