import assert from "node:assert/strict";
import { test } from "node:test";
import grpcPolicies from "fastify-grpc-policies";
import { askHttp1, askNative, shopApp } from "./shop.ts";

// A field of a wire type that does not exist.
const noMessage = Buffer.from([0x0f]);

test("native calls with more metadata than a service takes open no circuit", async (t) => {
  const { port } = await shopApp(t, {
    upstream: "passed on",
    before: async (app) => {
      await app.register(grpcPolicies, { circuitBreaker: { consecutiveFailures: 1 } });
    },
  });
  const many = Object.fromEntries(Array.from({ length: 118 }, (_, at) => [`x-${at}`, "1"]));
  assert.equal((await askNative(t, port)(many)).code, "RESOURCE_EXHAUSTED");
  assert.equal((await askHttp1(port)()).status, 200);
});

for (const upstream of ["in-process", "passed on"] as const) {
  for (const method of ["Buy", "Watch"]) {
    test(`malformed messages open no circuit, well-formed ones that fail do: ${method}, ${upstream}`, async (t) => {
      const { port } = await shopApp(t, {
        upstream,
        buy: ({ request }, callback) => {
          if (request.what === "bomb") callback({ code: 13, message: "it went off" });
          else callback(null, { what: request.what });
        },
        before: async (app) => {
          await app.register(grpcPolicies, { circuitBreaker: { consecutiveFailures: 2 } });
        },
      });
      const malformed = askNative(t, port, method, noMessage);
      for (let i = 0; i < 5; i += 1) assert.equal((await malformed()).code, "INTERNAL");
      assert.equal((await askHttp1(port)()).status, 200);
      const bomb = askNative(t, port, "Buy", Buffer.from("\n\x04bomb"));
      for (let i = 0; i < 2; i += 1) assert.equal((await bomb()).code, "INTERNAL");
      assert.equal((await askHttp1(port)()).status, 503);
    });
  }
}
