import assert from "node:assert/strict";
import { once } from "node:events";
import http2 from "node:http2";
import { test } from "node:test";
import grpcPolicies from "fastify-grpc-policies";
import { askHttp1, askNative, shopApp } from "./shop.ts";

for (const upstream of ["in-process", "passed on"] as const) {
  test(`native clients that begin calls and never send a request hold no place in the bulkhead (${upstream})`, async (t) => {
    const { port } = await shopApp(t, {
      upstream,
      gateway: { closeGraceMs: 50 },
      before: async (app) => {
        await app.register(grpcPolicies, { bulkhead: { maxConcurrent: 2, maxPending: 0 } });
      },
    });
    const session = http2.connect(`http://127.0.0.1:${port}`);
    t.after(() => session.destroy());
    const begin = () =>
      session.request(
        {
          ":method": "POST",
          ":path": "/shop.v1.Shop/Buy",
          "content-type": "application/grpc",
          te: "trailers",
        },
        { endStream: false },
      );
    const calls = [begin(), begin(), begin()];
    // The server has seen the headers of all before it answers a ping behind them.
    await new Promise((resolve) => session.ping(resolve));
    assert.equal((await askHttp1(port)()).ok, true);
    assert.equal((await askNative(t, port)()).ok, true);
    for (const call of calls) {
      call.write(Buffer.from([0, 0, 0, 0, 5, 10, 3]));
      call.write("tea");
      call.end();
      call.resume();
      const [trailers] = (await once(call, "trailers")) as [Record<string, string>];
      assert.equal(trailers["grpc-status"], "0");
      await once(call, "close");
    }
  });
}
