import assert from "node:assert/strict";
import { test } from "node:test";
import { callUnary } from "grpc-transcoding/testing";
import { serverInternals } from "../../src/grpc-js/internals.ts";
import { plain, secure } from "./server-shapes.ts";
import { startApp, transportTo } from "./split-app.ts";

for (const shape of [plain, secure]) {
  test(`${shape.name}: a grpc.Server keeps nothing of the app when that has closed`, async (t) => {
    const { app, port, server } = await startApp(t, shape);
    const { http2Servers } = serverInternals(server);
    await callUnary(transportTo(t, shape, port), "x");
    assert.equal(http2Servers.size, 1);
    await app.close();
    assert.equal(http2Servers.size, 0);
  });
}
