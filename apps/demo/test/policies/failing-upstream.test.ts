import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import Fastify from "fastify";
import grpcGateway, { type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";
import grpcPolicies from "fastify-grpc-policies";
import { type GatewayEvent, gatewayRegistry } from "grpc-transcoding";
import { freePort } from "./free-port.ts";
import { askHttp1, askNative, shopProto } from "./shop.ts";

/** Ways to a service elsewhere: one line each. */
const transports: Readonly<
  Record<string, (address: string) => FastifyGrpcGatewayOptions["upstream"]>
> = {
  "grpc-js channel": (address) => address,
};

const script = fileURLToPath(new URL("./upstream-process.ts", import.meta.url));

/** The shop as a process that can be killed and stopped. */
async function startShop(t: TestContext, port: number): Promise<ChildProcess> {
  const child = fork(script, [String(port)], {
    execArgv: ["--conditions=@fastify-grpc/source", "--import", "tsx"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  t.after(() => child.kill("SIGKILL"));
  await once(child, "message");
  return child;
}

const openMessage = "the service fails too often and is not called for a while";

async function brokenApp(t: TestContext, upstream: FastifyGrpcGatewayOptions["upstream"]) {
  const app = Fastify();
  t.after(() => app.close());
  const events: GatewayEvent[] = [];
  await app.register(grpcPolicies, {
    circuitBreaker: { consecutiveFailures: 5, resetMs: 200 },
    onEvent: (event) => events.push(event),
  });
  await app.register(grpcGateway, {
    proto: shopProto,
    upstream,
    deadline: { defaultMs: 250 },
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as { port: number };
  const gauge = () =>
    gatewayRegistry(app.server)
      .gauges.find(({ name }) => name === "grpc_breaker_state")
      ?.read();
  return { ask: askHttp1(port), native: askNative(t, port), events, gauge };
}

for (const [name, upstreamOf] of Object.entries(transports)) {
  test(`${name}: a service that is killed opens the circuit, and closes it when it is back`, async (t) => {
    const port = await freePort();
    const shop = await startShop(t, port);
    const { ask, native, events, gauge } = await brokenApp(t, upstreamOf(`127.0.0.1:${port}`));
    assert.equal((await ask()).ok, true);
    assert.equal((await native()).ok, true);
    assert.equal(gauge(), 0);
    shop.kill("SIGKILL");
    await once(shop, "exit");
    for (let i = 0; i < 5; i += 1) {
      const { status, message } = await ask();
      assert.equal(status, 503);
      assert.notEqual(message, openMessage);
    }
    assert.deepEqual(events, [{ type: "breaker-open", gateway: "default" }]);
    assert.equal(gauge(), 2);
    const refused = await ask();
    assert.deepEqual([refused.status, refused.message], [503, openMessage]);
    assert.equal((await native()).message, openMessage);
    await startShop(t, port);
    while (events.at(-1)?.type !== "breaker-closed") await ask();
    assert.equal((await ask()).ok, true);
    assert.equal((await native()).ok, true);
    assert.equal(gauge(), 0);
  });

  test(`${name}: a service that hangs opens the circuit by the gateway's deadlines, and closes it when it goes on`, async (t) => {
    const port = await freePort();
    const shop = await startShop(t, port);
    const { ask, native, events } = await brokenApp(t, upstreamOf(`127.0.0.1:${port}`));
    assert.equal((await ask()).ok, true);
    shop.kill("SIGSTOP");
    const hasty = await Promise.all(
      Array.from({ length: 20 }, () => ask({ "grpc-timeout": "20m" })),
    );
    assert.ok(hasty.every(({ code }) => code === "DEADLINE_EXCEEDED"));
    assert.equal(events.length, 0, "no deadline that a client chose opens it");
    for (let i = 0; i < 5; i += 1) assert.equal((await ask()).code, "DEADLINE_EXCEEDED");
    assert.equal(events.at(-1)?.type, "breaker-open");
    const began = performance.now();
    const answers = await Promise.all([ask(), native()]);
    assert.deepEqual(
      answers.map(({ message }) => message),
      [openMessage, openMessage],
    );
    assert.ok(performance.now() - began < 200, "at once");
    shop.kill("SIGCONT");
    while (events.at(-1)?.type !== "breaker-closed") await ask();
    assert.equal((await native()).ok, true);
  });
}
