import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { test } from "node:test";
import { askHttp1 } from "../clients.ts";
import { memorySource } from "../memory-source.ts";
import { tenantsApp, twoShops, twoTenants } from "../tenants-app.ts";
import { until } from "../until.ts";

test("an app starts with the last good document where its source is away, and goes on with the source's", async (t) => {
  const { upstreams } = await twoShops(t, "in-process");
  const first = await tenantsApp(t, { document: twoTenants(), options: { upstreams } });
  const { files } = first;
  const lastGood = files.path("last-good.yaml");
  const source = memorySource(twoTenants());
  const options = { source, root: files.dir, upstreams, lastGood };
  const { app } = await tenantsApp(t, { document: "", options });
  assert.equal(readFileSync(lastGood, "utf8"), twoTenants());
  assert.equal(statSync(lastGood).mode & 0o777, 0o600);
  source.set("tenants: {}");
  await until(
    () => app.grpcTenants.status().stale,
    () => "not stale",
  );
  assert.equal(readFileSync(lastGood, "utf8"), twoTenants(), "a bad one is not kept");
  const good = twoTenants().replace("/pay", "/money");
  source.set(good);
  await until(
    () => readFileSync(lastGood, "utf8") === good,
    () => "not kept",
  );
  await app.close();

  source.fail("connection refused");
  const { app: second, port } = await tenantsApp(t, { document: "", options });
  assert.equal(await askHttp1(port)({ prefix: "/money" }), "pay");
  assert.equal(second.grpcTenants.status().stale, true);
  assert.equal(second.grpcTenants.status().error?.message, "connection refused");
  source.set(twoTenants());
  await until(
    async () => (await askHttp1(port)({ prefix: "/pay" })) === "pay",
    () => "not followed",
  );
  assert.equal(second.grpcTenants.status().stale, false);
  await until(
    () => readFileSync(lastGood, "utf8") === twoTenants(),
    () => "not kept",
  );
  assert.deepEqual(
    readdirSync(files.dir).filter((name) => name.endsWith(".new")),
    [],
  );
});

test("an app with no last good document, or with a bad one, does not start while its source is away", async (t) => {
  const { upstreams } = await twoShops(t, "in-process");
  const { files } = await tenantsApp(t, { document: twoTenants(), options: { upstreams } });
  const lastGood = files.path("last-good.yaml");
  const source = memorySource("");
  source.fail("connection refused");
  const options = { source, root: files.dir, upstreams, lastGood };
  await assert.rejects(tenantsApp(t, { document: "", options }), /connection refused/);
  files.write("last-good.yaml", "tenants: {}");
  await assert.rejects(tenantsApp(t, { document: "", options }), /connection refused/);
});

test("a last good document that cannot be kept is logged, and that is all", async (t) => {
  const { upstreams } = await twoShops(t, "in-process");
  const options = { upstreams, lastGood: "/nowhere/at/all.yaml" };
  const { log, port } = await tenantsApp(t, { document: twoTenants(), options });
  assert.equal(log.filter((line) => line.includes("cannot be kept")).length, 1);
  assert.equal(await askHttp1(port)({ prefix: "/pay" }), "pay");
  assert.equal(existsSync("/nowhere"), false);
});
