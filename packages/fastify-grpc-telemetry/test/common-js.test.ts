import assert from "node:assert/strict";
import { test } from "node:test";
import * as exported from "fastify-grpc-telemetry";
import { "module.exports" as required } from "fastify-grpc-telemetry";

test("require gives the plugin with every export on it", () => {
  assert.equal(required, exported.default);
  for (const [name, value] of Object.entries(exported)) {
    if (name !== "module.exports") assert.equal(Reflect.get(required, name), value, name);
  }
});
