import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Code } from "grpc-transcoding";
import { callUnary, probeServer } from "grpc-transcoding/testing";
import { attachGrpcServer } from "../../src/native/attach-grpc-server.ts";
import { portSplit } from "../../src/one-port/port-split.ts";
import { createChannelTransport } from "../../src/transport/channel.ts";
import { addresses, resolveLocalhostTwice } from "./localhost-addresses.ts";
import { channelTo, serverShapes } from "./server-shapes.ts";

for (const shape of serverShapes.filter(({ name }) => !name.startsWith("serverFactory"))) {
  test(`${shape.name}: listen on localhost splits the port of each of its addresses`, async (t) => {
    resolveLocalhostTwice(t);
    const app = shape.create();
    attachGrpcServer(app, { name: "probe", server: probeServer().server });
    t.after(() => app.close());
    await app.listen({ port: 0, host: "localhost" });
    const { port } = app.server.address() as AddressInfo;
    for (const address of addresses) {
      const transport = createChannelTransport(`${address}:${port}`, channelTo(shape));
      t.after(() => transport.close?.());
      const call = await callUnary(transport, "x");
      assert.equal(call.status.code, Code.OK, address);
    }
    assert.equal(portSplit(app).servers.size, 2);
    await app.close();
  });
}

test("servers of others are left alone", async (t) => {
  const { default: http } = await import("node:http");
  const [shape] = serverShapes;
  assert.ok(shape);
  const app = shape.create();
  attachGrpcServer(app, { name: "probe", server: probeServer().server });
  t.after(() => app.close());
  const other = http.createServer().listen(0);
  t.after(() => other.close());
  await app.listen({ port: 0 });
  assert.deepEqual([...portSplit(app).servers], [app.server]);
});
