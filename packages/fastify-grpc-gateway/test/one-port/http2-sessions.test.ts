import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { portSplit } from "../../src/one-port/port-split.ts";
import { relayTo } from "../relay.ts";
import { connectHttp2, requestHttp2 } from "./http-clients.ts";
import { serverShapes } from "./server-shapes.ts";
import { startApp } from "./split-app.ts";

const soon = { timeout: 5_000 };

for (const shape of serverShapes) {
  test(
    `${shape.name}: a connection of HTTP/2 that comes while the app closes is sent away`,
    soon,
    async (t) => {
      let late: Promise<unknown> | undefined;
      const { app, port } = await startApp(t, shape, {
        // With the default grace a connection that is kept would hold the app for 5 s.
        split: { closeGraceMs: 4_000 },
        routes(instance) {
          // A plugin that takes its time to close: the port still accepts.
          instance.addHook("preClose", async () => {
            const session = connectHttp2(t, shape, port);
            late = once(session, "goaway");
            await once(session, "connect");
          });
        },
      });
      const began = performance.now();
      await app.close();
      assert.ok(late !== undefined);
      await late;
      assert.ok(performance.now() - began < 2_000, "the app waited for it");
      while (portSplit(app).gauges.http2Sessions > 0) await new Promise(setImmediate);
    },
  );
}

test(
  "a session is forgotten however its client goes: by GOAWAY, at once, or by a reset",
  soon,
  async (t) => {
    for (const shape of serverShapes) {
      const { app, port } = await startApp(t, shape);
      const network = await relayTo(t, port);
      const polite = connectHttp2(t, shape, port);
      const hasty = connectHttp2(t, shape, port);
      const cut = connectHttp2(t, shape, network.port);
      for (const session of [polite, hasty, cut])
        await requestHttp2(session, { ":path": "/version" });
      assert.equal(portSplit(app).gauges.http2Sessions, 3, shape.name);
      polite.close();
      hasty.destroy();
      network.cut();
      while (portSplit(app).gauges.http2Sessions > 0) await new Promise(setImmediate);
    }
  },
);
