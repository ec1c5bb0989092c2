import assert from "node:assert/strict";
import { test } from "node:test";
import grpcTelemetry from "fastify-grpc-telemetry";
import type { CallTiming } from "grpc-transcoding";
import { depotApp } from "./depot.ts";
import { installSdk, type TestSdk } from "./sdk.ts";

test("without an SDK, a page or a log nothing stands around a call", async (t) => {
  let timing: CallTiming | undefined;
  const { port } = await depotApp(t, {
    async before(app) {
      await app.register(grpcTelemetry);
      app.addHook("onResponse", async ({ grpcCall }) => {
        timing = grpcCall?.timing;
      });
    },
  });
  await (await fetch(`http://127.0.0.1:${port}/v1/things/tea`)).text();
  assert.equal(timing?.dispatched, undefined);
  assert.equal(timing?.answered, undefined);
});

test("an SDK that comes after the plugin, before the app is ready, is found", async (t) => {
  let sdk: TestSdk | undefined;
  const { port } = await depotApp(t, {
    before: (app) => app.register(grpcTelemetry),
    after() {
      sdk = installSdk(t);
    },
  });
  await (await fetch(`http://127.0.0.1:${port}/v1/things/tea`)).text();
  assert.equal((await sdk?.ended(2))?.length, 2);
});
