import assert from "node:assert/strict";
import { test } from "node:test";
import { buildApp } from "../../src/app.ts";
import { createServiceServer } from "../../src/service-server.ts";

test("the demo logs a line for each call, and shows metrics", async (t) => {
  const lines: { readonly msg: string; readonly http?: object }[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const app = await buildApp({
    upstream: await createServiceServer(),
    fastify: { logger: { stream } },
  });
  t.after(() => app.close());
  await app.inject("/v1/shelves");
  const calls = lines.filter(({ msg }) => msg === "grpc call");
  assert.deepEqual(
    calls.map(({ http }) => http),
    [{ method: "GET", route: "/v1/shelves", status: 200 }],
  );
  const { body } = await app.inject("/metrics");
  assert.match(
    body,
    /^grpc_gateway_calls_total\{.*rpc_method="library\.v1\.LibraryService\/.* 1$/m,
  );
});
