import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { portSplit } from "../../src/one-port/port-split.ts";
import { connectHttp2, grpcFrame, grpcHeaders } from "./http-clients.ts";
import { cleartextHttp2, plain } from "./server-shapes.ts";
import { startApp } from "./split-app.ts";

for (const shape of [plain, cleartextHttp2]) {
  // Well before the idle timeout, which closes it in any case.
  test(`${shape.name}: a client of HTTP/2 that sends FIN and stays is let go at once, and its calls`, {
    timeout: 5_000,
  }, async (t) => {
    const { app, port, log } = await startApp(t, shape);
    const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    t.after(() => socket.destroy());
    const session = connectHttp2(t, shape, port, { createConnection: () => socket });
    const stream = session.request(grpcHeaders("/probe.Probe/Bidi"));
    stream.on("error", () => {});
    stream.write(grpcFrame("a"));
    await once(stream, "data");
    assert.equal(portSplit(app).gauges.http2Sessions, 1);
    socket.end();
    await log.seen("cancelled");
    while (portSplit(app).gauges.http2Sessions > 0) await delay(5);
  });
}
