import assert from "node:assert/strict";
import { test } from "node:test";
import type { FastifyReply } from "fastify";
import type { Policy } from "fastify-grpc-gateway";
import { askHttp1, askHttp2, askNative, guardedApp } from "./guarded-app.ts";

test("a policy answers requests itself, and none of them reaches a handler", async (t) => {
  const answering: Policy = ({ reply, headers }) => {
    if (headers["x-user"] !== "cached") return undefined;
    // The hook below makes the answer wait: it is not sent when the policy returns.
    (reply as FastifyReply | undefined)?.send({ user: "from the policy" });
    return { answered: true };
  };
  const later: Policy = async (call) => answering(call);
  for (const policy of [answering, later]) {
    const sent: unknown[] = [];
    const { port } = await guardedApp(t, {
      upstream: "in-process",
      gateway: { policies: [policy] },
      hooks: (app) => {
        app.addHook("onSend", async (_request, _reply, payload) => {
          await new Promise(setImmediate);
          sent.push(payload);
          return payload;
        });
      },
    });
    for (const path of ["/v1/whoami", "/v1/files/a"]) {
      for (const ask of [askHttp1(port, path), askHttp2(t, port, path)]) {
        assert.equal(await ask({ "x-user": "cached" }), "from the policy");
      }
    }
    assert.equal(sent.length, 4, "each has one answer");
    const native = askNative(t, port, "/guard.v1.Guarded/WhoAmI");
    assert.equal(await native({ "x-user": "cached" }), "INTERNAL", "there is nothing to answer by");
    assert.equal(await native({ "x-user": "alice" }), "alice");
  }
});

test("a policy sees when a call will end at the latest, where it is one over HTTP", async (t) => {
  const seen: unknown[] = [];
  const look: Policy = ({ deadline }) => {
    const left = deadline && Math.round((deadline.at - Date.now()) / 1000);
    seen.push(deadline && [left, deadline.source]);
  };
  const { port } = await guardedApp(t, { upstream: "in-process", gateway: { policies: [look] } });
  await askHttp1(port, "/v1/whoami")({});
  await askHttp1(port, "/v1/whoami")({ "grpc-timeout": "7S" });
  await askHttp1(port, "/v1/files/a")({});
  await askNative(t, port, "/guard.v1.Guarded/WhoAmI")({});
  assert.deepEqual(seen, [[30, "gateway"], [7, "client"], undefined, undefined]);
  assert.equal(await askHttp1(port, "/v1/whoami")({ "grpc-timeout": "soon" }), "400");
});
