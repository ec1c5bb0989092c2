import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import Fastify from "fastify";
import grpcGateway, { formatExplanation } from "fastify-grpc-gateway";
import { shopApp, shopProto, shopServer } from "./shop.ts";

const unboundRule = { selector: "shop.v1.Shop.Unbound", get: "/v1/unbound/{name}" };

test("adds the rules of a list beside the annotations", async (t) => {
  const rules = [unboundRule, { selector: "shop.v1.Shop.GetItem", get: "/v2/{name=things/*}" }];
  const app = await shopApp(t, { rules });
  assert.equal((await app.inject("/v1/unbound/x")).json().name, "x");
  assert.equal((await app.inject("/v2/things/1")).json().name, "things/1");
  assert.equal((await app.inject("/v1/items/1")).statusCode, 200);
});

test("replaces annotations in the mode override", async (t) => {
  const rules = [{ selector: "shop.v1.Shop.GetItem", get: "/v2/{name=things/*}" }];
  const app = await shopApp(t, { rules, rulesMode: "override" });
  assert.equal((await app.inject("/v2/things/1")).statusCode, 200);
  assert.equal((await app.inject("/v1/items/1")).statusCode, 405);
});

test("reads rules from a service config in YAML, and names the place of what is wrong", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "rules-"));
  t.after(() => rmSync(dir, { recursive: true }));
  const path = join(dir, "service.yaml");
  writeFileSync(
    path,
    [
      "type: google.api.Service",
      "http:",
      "  rules:",
      "    - selector: shop.v1.Shop.Unbound",
      "      get: /v1/unbound/{name}",
    ].join("\n"),
  );
  const app = await shopApp(t, { rules: path });
  assert.equal((await app.inject("/v1/unbound/x")).json().name, "x");

  writeFileSync(path, "http:\n  rules: [\n");
  await assert.rejects(shopApp(t, { rules: path }), {
    code: "FST_GRPC_OPTION",
    message: /service\.yaml:3:1/,
  });
  await assert.rejects(shopApp(t, { rules: join(dir, "none.yaml") }), {
    code: "FST_GRPC_OPTION",
    message: /none\.yaml/,
  });
});

test("refuses a rule that does not fit its method, naming the rule", async (t) => {
  const rules = [{ selector: "shop.v1.Shop.GetItem", get: "/v2/{nme}" }];
  await assert.rejects(shopApp(t, { rules }), {
    code: "FST_GRPC_SCHEMA",
    message: /rules\[0\].*"nme" is not a field of shop\.v1\.GetItemRequest/,
  });
});

test("gives methods without a rule a route of their own when told to", async (t) => {
  const app = await shopApp(t, { generateUnboundMethods: true });
  const response = await app.inject({
    method: "POST",
    url: "/shop.v1.Shop/Unbound",
    payload: { name: "u" },
  });
  assert.equal(response.json().name, "u");
});

const duplicate = [{ selector: "shop.v1.Shop.Unbound", get: "/v1/{name=items/*}" }];

test("refuses two bindings of the same requests, naming both", async (t) => {
  await assert.rejects(shopApp(t, { rules: duplicate }), {
    code: "FST_GRPC_CONFLICT",
    message:
      /shop\.v1\.Shop\/Unbound.*duplicates.*shop\.v1\.Shop\/GetItem|shop\.v1\.Shop\/GetItem.*duplicates.*shop\.v1\.Shop\/Unbound/,
  });
  const app = await shopApp(t, { rules: duplicate, onConflict: "first" });
  assert.equal((await app.inject("/v1/items/1")).statusCode, 200);
});

test("refuses one binding in two gateways, naming both", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  const upstream = await shopServer();
  await app.register(grpcGateway, { proto: shopProto, upstream, name: "first" });
  await assert.rejects(
    async () => app.register(grpcGateway, { proto: shopProto, upstream, name: "second" }),
    { code: "FST_GRPC_CONFLICT", message: /gateway "second".*duplicates gateway "first"/ },
  );
});

test("refuses a handlePath for the requests of a binding, and keeps the routes as they were", async (t) => {
  const app = await shopApp(t);
  assert.throws(() => app.grpcGateway().handlePath("GET", "/v1/{x=items/*}", async () => "mine"), {
    code: "FST_GRPC_CONFLICT",
  });
  assert.equal((await app.inject("/v1/items/1")).json().name, "items/1");
});

test("explains where a request goes", async (t) => {
  const app = await shopApp(t, { prefix: "/api" });
  const found = app.grpcGateway().explain("GET", "/api/v1/items/7");
  assert.equal(found.status, 200);
  assert.deepEqual(found.captures, { name: "items/7" });
  assert.match(formatExplanation(found), /shop\.v1\.Shop\/GetItem/);
  assert.equal(app.grpcGateway().explain("PUT", "/api/v1/items/7").status, 405);
});
