import assert from "node:assert/strict";
import { test } from "node:test";
import { namedServer, tenantApp } from "./tenant-app.ts";

test("a claim confirms the request's tenant, and is refused for another, or where there is none", async (t) => {
  const given = await tenantApp(
    t,
    {},
    {
      before: (app) =>
        app.addHook("onRequest", async ({ rpc, headers }) => {
          rpc?.confirmTenant(headers["x-claim"] as string);
        }),
    },
  );
  await given.app.grpcGateway().tenants.set("red", { upstream: await namedServer("red") });
  const cases: [headers: Record<string, string>, outcome: string][] = [
    [{ "x-tenant": "red", "x-claim": "red" }, "red"],
    [{ "x-tenant": "of no entry", "x-claim": "of no entry" }, "own"],
    [{ "x-tenant": "red", "x-claim": "blue" }, "refused"],
    [{ "x-tenant": "red" }, "refused"],
    [{ "x-claim": "red" }, "refused"],
    [{}, "refused"],
  ];
  for (const [protocol, ask] of Object.entries(given.asks("/v1/whoami"))) {
    const refused = protocol === "native" ? "PERMISSION_DENIED" : "403";
    for (const [headers, outcome] of cases) {
      const expected = outcome === "refused" ? refused : outcome;
      assert.equal(await ask(headers), expected, `${protocol} ${JSON.stringify(headers)}`);
    }
  }
});
