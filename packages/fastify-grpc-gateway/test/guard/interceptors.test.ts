import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, contextKey, type Interceptor, type TransportCall } from "grpc-transcoding";
import type { Policy } from "../../src/guard/policies.ts";
import { askHttp1, askHttp2, askNative, guardedApp } from "./guarded-app.ts";

const plan = contextKey("plan", "free");

/** An interceptor that keeps the calls that it sees, and how they ended. */
function recorder(): { calls: TransportCall[]; ends: number[]; intercept: Interceptor } {
  const calls: TransportCall[] = [];
  const ends: number[] = [];
  return {
    calls,
    ends,
    intercept: (next) => ({
      start(call, receiver) {
        calls.push(call);
        return next.start(call, {
          onHeaders: (metadata) => receiver.onHeaders(metadata),
          onMessage: (bytes) => receiver.onMessage(bytes),
          onStatus(status, trailers, origin) {
            ends.push(status.code);
            receiver.onStatus(status, trailers, origin);
          },
        });
      },
    }),
  };
}

for (const upstream of ["in-process", "passed on"] as const) {
  for (const hooked of [true, false]) {
    test(`${upstream}, ${hooked ? "behind hooks" : "without hooks"}: interceptors see every call with its context`, async (t) => {
      const { calls, ends, intercept } = recorder();
      const policy: Policy = ({ context, identity }) => {
        context.set(plan, `${context.get(plan)} and more`);
        return { identity: identity ?? "nobody" };
      };
      const { port } = await guardedApp(t, {
        upstream,
        ...(hooked && {
          hooks: (app) =>
            app.addHook("onRequest", async ({ rpc }) => {
              if (rpc === null) return;
              rpc.context.set(plan, "paid");
              rpc.context.identity = "alice";
            }),
        }),
        gateway: {
          interceptors: [intercept],
          policies: [policy],
          headers: { request: { allow: ["x-user"] } },
        },
      });
      const asks = [
        askHttp1(port, "/v1/whoami"),
        askHttp2(t, port, "/v1/whoami"),
        askNative(t, port, "/guard.v1.Guarded/WhoAmI"),
        askNative(t, port, "/guard.v1.Guarded/Unbound"),
        askNative(t, port, "/guard.v1.Hidden/WhoAmI"),
      ];
      for (const ask of asks) assert.equal(await ask({ "x-user": "eve" }), "eve");
      assert.equal(
        await askNative(t, port, "/guard.v1.Guarded/Missing")({}),
        "UNIMPLEMENTED",
        "not a call of the gateway",
      );
      assert.deepEqual(
        calls.map(({ method }) => method.path.split("/").slice(1).join(" ")),
        [
          "guard.v1.Guarded WhoAmI",
          "guard.v1.Guarded WhoAmI",
          "guard.v1.Guarded WhoAmI",
          "guard.v1.Guarded Unbound",
          "guard.v1.Hidden WhoAmI",
        ],
      );
      const seen = calls.map(({ context }) => [context?.get(plan), context?.identity]);
      const expected = hooked ? ["paid and more", "alice"] : ["free and more", "nobody"];
      assert.deepEqual(seen, Array(5).fill(expected));
      const requests = calls.map(({ context }) => context?.request !== undefined);
      assert.deepEqual(requests, [true, true, hooked, hooked, hooked]);
      assert.deepEqual(ends, Array(5).fill(Code.OK));
    });
  }
}

test("the first interceptor sees a call first, and may answer it itself", async (t) => {
  const order: string[] = [];
  const named =
    (name: string): Interceptor =>
    (next) => ({
      start(call, receiver) {
        order.push(name);
        return next.start(call, receiver);
      },
    });
  const refusing: Interceptor = () => ({
    start(_call, receiver) {
      const status = { code: Code.RESOURCE_EXHAUSTED, message: "no more", details: [] };
      process.nextTick(() => receiver.onStatus(status, [], "transport"));
      return { send() {}, halfClose() {}, read() {}, cancel() {} };
    },
  });
  const { port } = await guardedApp(t, {
    upstream: "in-process",
    gateway: { interceptors: [named("first"), named("second"), refusing] },
  });
  assert.equal(await askHttp1(port, "/v1/whoami")({}), "429");
  assert.equal(await askNative(t, port, "/guard.v1.Guarded/WhoAmI")({}), "RESOURCE_EXHAUSTED");
  assert.deepEqual(order, ["first", "second", "first", "second"]);
});
