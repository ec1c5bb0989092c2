import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import grpcAuth, { type FastifyGrpcAuthOptions } from "fastify-grpc-auth";
import grpcOpenapi from "fastify-grpc-openapi";
import { launch, noBrowser } from "../browser.ts";
import { audience, testIssuer } from "./issuer.ts";
import { type VaultApp, vaultApp } from "./vault.ts";

async function documented(
  t: TestContext,
  options: FastifyGrpcAuthOptions,
  openapi: "3.0.3" | "3.1.0" = "3.1.0",
): Promise<VaultApp> {
  return await vaultApp(t, {
    before: async (app) => {
      await app.register(swagger, { openapi: { openapi, info: { title: "Vault", version: "1" } } });
      await app.register(swaggerUi, { routePrefix: "/docs" });
      await app.register(grpcOpenapi);
      await app.register(grpcAuth, options);
    },
  });
}

/** What is read of a document. */
interface Read {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly securitySchemes: Record<string, unknown> };
}

interface Operation {
  readonly security?: readonly Record<string, string[]>[];
  readonly responses: Record<string, unknown>;
}

test("the document says how to authenticate, which scopes a method needs, and what a refusal is", async (t) => {
  const { app } = await documented(t, {
    issuers: { "https://issuer.example": { jwksUri: "https://issuer.example/keys", audience } },
    anonymous: ["vault.v1.Vault.Hello"],
  });
  const { paths, components } = app.swagger() as unknown as Read;
  assert.deepEqual(components.securitySchemes, {
    bearerAuth: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
  });
  const get = paths["/v1/things/{name}"]?.get;
  const put = paths["/v1/things/{name}"]?.post;
  const hello = paths["/v1/hello"]?.get;
  assert.deepEqual(get?.security, [{ bearerAuth: [] }]);
  assert.deepEqual(put?.security, [
    { bearerAuth: ["vault.admin"] },
    { bearerAuth: ["vault.read", "vault.write"] },
  ]);
  assert.equal(hello?.security, undefined);
  const text = (operation: Operation | undefined, status: number) =>
    JSON.stringify(operation?.responses[status]);
  assert.match(text(get, 401), /TOKEN_MISSING.*INVALID_TOKEN|INVALID_TOKEN.*TOKEN_MISSING/s);
  assert.match(text(get, 401), /WWW-Authenticate/i);
  assert.equal(get?.responses[403], undefined);
  assert.match(text(put, 403), /INSUFFICIENT_SCOPE/);
  assert.match(text(put, 403), /vault\.admin, or vault\.read vault\.write/);
  assert.match(text(put, 403), /UNUSABLE_CLAIM/);
  assert.match(text(hello, 401), /INVALID_TOKEN/);
  assert.doesNotMatch(text(hello, 401), /TOKEN_MISSING/);
  assert.match(text(get, 503), /TOKEN_UNVERIFIABLE/);
});

test("the scheme may be another, and a document of 3.0 has scopes of OAuth alone", async (t) => {
  const oauth2 = {
    type: "oauth2",
    flows: { clientCredentials: { tokenUrl: "https://issuer.example/token", scopes: {} } },
  };
  const { app } = await documented(
    t,
    { verify: () => ({}), securityName: "oauth", securityScheme: oauth2 },
    "3.0.3",
  );
  const document = app.swagger() as unknown as Read;
  assert.deepEqual(document.components.securitySchemes, { oauth: oauth2 });
  assert.deepEqual(document.paths["/v1/things/{name}"]?.post?.security?.[0], {
    oauth: ["vault.admin"],
  });
  const bearer = await documented(t, { verify: () => ({}) }, "3.0.3");
  const { paths } = bearer.app.swagger() as unknown as Read;
  // OpenAPI 3.0 knows scopes of OAuth alone.
  assert.deepEqual(paths["/v1/things/{name}"]?.post?.security, [{ bearerAuth: [] }]);
});

test("Swagger UI's Authorize sends the token", { skip: noBrowser }, async (t) => {
  const browser = await launch(t);
  if (browser === undefined) return;
  const issuer = await testIssuer(t);
  const { port } = await documented(t, {
    issuers: { [issuer.name]: { jwksUri: issuer.jwksUri, audience } },
    metadata: { "x-user-id": "sub" },
  });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${port}/docs`);
  const operation = page.locator("#operations-Vault-Vault_Hello");
  await operation.locator(".opblock-summary-control").click();
  await operation.getByRole("button", { name: "Try it out" }).click();
  const execute = async (): Promise<string> => {
    const answered = page.waitForResponse((response) => response.url().includes("/v1/hello"));
    await operation.getByRole("button", { name: "Execute" }).click();
    const response = await answered;
    return `${response.status()} ${await response.text()}`;
  };
  assert.match(await execute(), /^401 .*TOKEN_MISSING/);
  await page.locator("button.authorize").first().click();
  await page.locator(".auth-container input").fill(await issuer.token());
  await page.locator(".auth-btn-wrapper button.authorize").click();
  await page.locator(".auth-btn-wrapper button.btn-done").click();
  assert.match(await execute(), /^200 .*x-user-id: alice/);
});
