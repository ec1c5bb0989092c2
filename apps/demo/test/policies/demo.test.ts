import assert from "node:assert/strict";
import { test } from "node:test";
import { buildApp } from "../../src/app.ts";
import { createServiceServer } from "../../src/service-server.ts";

const lend = {
  method: "POST",
  url: "/v1/shelves/fiction/books/moby-dick:lend",
  payload: { reader: "ada" },
} as const;

test("lending is limited, as the document says, and nothing else is", async (t) => {
  const app = await buildApp({ upstream: await createServiceServer() });
  t.after(() => app.close());
  const first = await app.inject(lend);
  assert.equal(first.headers["ratelimit-policy"], '"lending";q=20;w=10');
  let refused = first;
  for (let i = 0; i < 30 && refused.statusCode !== 429; i += 1) refused = await app.inject(lend);
  assert.equal(refused.statusCode, 429);
  assert.equal(refused.headers["retry-after"], "1");
  const shelves = await app.inject("/v1/shelves");
  assert.equal(shelves.statusCode, 200);
  assert.equal(shelves.headers["ratelimit-policy"], undefined);

  const { paths } = (await app.inject("/docs/json")).json();
  const path = Object.keys(paths).find((one) => one.endsWith(":lend")) ?? "";
  const { headers, "x-google-errors": errors } = paths[path].post.responses["429"];
  assert.deepEqual(Object.keys(headers), ["Retry-After", "ratelimit", "ratelimit-policy"]);
  assert.ok(errors.some(({ code }: { code: string }) => code === "RESOURCE_EXHAUSTED"));
  assert.equal(paths["/v1/shelves"].get.responses["429"], undefined);
});

test("services that cannot be reached are not called for a while, as the document says", async (t) => {
  const app = await buildApp({ upstream: "127.0.0.1:1" });
  t.after(() => app.close());
  const messages = new Set<string>();
  for (let i = 0; i < 6; i += 1) {
    const answer = await app.inject("/v1/shelves");
    assert.equal(answer.statusCode, 503);
    messages.add(answer.json().message);
  }
  const open = await app.inject("/v1/shelves");
  assert.deepEqual([...messages].at(-1), open.json().message);
  assert.equal(open.headers["retry-after"], "30");
  const { paths } = (await app.inject("/docs/json")).json();
  const { description } = paths["/v1/shelves"].get.responses["503"];
  assert.match(description, new RegExp(open.json().message));
});
