import assert from "node:assert/strict";
import { test } from "node:test";
import { buildApp } from "../../src/app.ts";
import { createServiceServer } from "../../src/service-server.ts";

const create = {
  method: "POST",
  url: "/v1/shelves/fiction/books",
  payload: { title: "Emma" },
  headers: { "idempotency-key": "one" },
} as const;

test("a book is put on its shelf once, as the document says", async (t) => {
  const app = await buildApp({ upstream: await createServiceServer() });
  t.after(() => app.close());
  const count = async () => (await app.inject("/v1/shelves/fiction/books")).json().books.length;
  const before = await count();
  const first = await app.inject(create);
  assert.equal(first.statusCode, 200);
  const second = await app.inject(create);
  assert.equal(second.headers["idempotency-replayed"], "true");
  assert.deepEqual(second.json(), first.json());
  assert.equal(second.headers["cache-control"], "no-store", "a hook's header is there as ever");
  assert.equal(await count(), before + 1);
  const other = await app.inject({ ...create, payload: { title: "Persuasion" } });
  const malformed = await app.inject({ ...create, headers: { "idempotency-key": "a b" } });
  assert.deepEqual([other.statusCode, malformed.statusCode], [422, 400]);

  const { paths } = (await app.inject("/docs/json")).json();
  const { post, get } = paths["/v1/shelves/{shelf}/books"];
  const parameter = (name: string) =>
    post.parameters.find((one: { name: string }) => one.name === name);
  assert.deepEqual(parameter("Idempotency-Key").in, "header");
  assert.equal(parameter("Idempotency-Key").required, undefined);
  assert.ok(post.responses["200"].headers["Idempotency-Replayed"]);
  const reasons = (status: string) =>
    post.responses[status]["x-google-errors"].map((one: { reason?: string }) => one.reason);
  assert.ok(reasons("400").includes("IDEMPOTENCY_KEY_MALFORMED"));
  assert.ok(!reasons("400").includes("IDEMPOTENCY_KEY_REQUIRED"), "it may be left out");
  assert.ok(reasons("409").includes("OUTCOME_UNKNOWN"));
  assert.ok(reasons("422").includes("IDEMPOTENCY_KEY_REUSED"));
  assert.ok(reasons("503").includes("IDEMPOTENCY_UNCHECKED"));
  assert.ok(post.responses["409"].headers["Retry-After"]);
  assert.ok(
    !(get.parameters ?? []).some((one: { name: string }) => one.name === "Idempotency-Key"),
    "a method that takes no keys shows none",
  );
});
