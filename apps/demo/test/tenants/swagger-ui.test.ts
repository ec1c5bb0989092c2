import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import Fastify from "fastify";
import grpcOpenapi from "fastify-grpc-openapi";
import grpcTenants from "fastify-grpc-tenants";
import { createServiceServer, protoDir } from "../../src/service-server.ts";
import { launch, noBrowser } from "../browser.ts";

/** A document of tenants that all have the demo's API. */
function tenants(...ids: readonly string[]): string {
  const all = ids.map((id) => ({
    id,
    prefix: `/${id}`,
    proto_path: protoDir,
    services: ["math.Cat"],
    upstream: "demo",
  }));
  return JSON.stringify({ tenants: all });
}

test("Swagger UI lists the tenants as they are, and calls the one that is looked at", {
  skip: noBrowser,
}, async (t) => {
  const browser = await launch(t);
  if (browser === undefined) return;
  const dir = mkdtempSync(join(tmpdir(), "tenants-"));
  t.after(() => rmSync(dir, { recursive: true }));
  const file = join(dir, "tenants.json");
  writeFileSync(file, tenants("pay", "risk"));
  const app = Fastify();
  t.after(() => app.close());
  await app.register(swagger, { openapi: { info: { title: "Shops", version: "1" } } });
  await app.register(grpcOpenapi);
  const uiConfig = { configUrl: "/openapi/_ui.json" };
  await app.register(swaggerUi, { routePrefix: "/docs", uiConfig });
  await app.register(grpcTenants, { file, upstreams: { demo: await createServiceServer() } });
  const origin = await app.listen({ port: 0, host: "127.0.0.1" });
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));

  await page.goto(`${origin}/docs/risk`);
  const names = page.locator(".download-url-wrapper select option");
  await names.first().waitFor({ state: "attached" });
  assert.deepEqual(await names.allTextContents(), ["pay", "risk"]);
  const operation = page.locator("#operations-Cat-Cat_Sum");
  await operation.locator(".opblock-summary-control").click();
  await operation.getByRole("button", { name: "Try it out" }).click();
  await operation.locator("textarea.body-param__text").fill('{"vals":[1,2,3]}');
  await operation.getByRole("button", { name: "Execute" }).click();
  const answer = operation.locator(".live-responses-table .highlight-code").first();
  await answer.waitFor();
  assert.match(String(await answer.textContent()), /"val": 6/);
  assert.match(
    String(await operation.locator(".request-url").first().textContent()),
    /\/risk\/api\/v1\/math\/sum/,
  );

  writeFileSync(file, tenants("pay", "risk", "third"));
  await app.grpcTenants.reload();
  await page.goto(`${origin}/docs/third`);
  await names.nth(2).waitFor({ state: "attached" });
  assert.deepEqual(await names.allTextContents(), ["pay", "risk", "third"]);
  assert.deepEqual(errors, []);
});
