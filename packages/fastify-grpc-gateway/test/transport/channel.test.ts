import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
  Channel,
  connectivityState,
  credentials,
  type Server,
  ServerCredentials,
} from "@grpc/grpc-js";
import { Code } from "grpc-transcoding";
import { createChannelTransport } from "../../src/transport/channel.ts";
import { probeServer } from "./probe-service.ts";
import { callUnary } from "./recorded-call.ts";
import { runTransportContract } from "./transport-contract.ts";

async function bind(t: TestContext, server: Server): Promise<string> {
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  t.after(() => server.forceShutdown());
  return `127.0.0.1:${port}`;
}

runTransportContract("grpc-js channel", async (t, server, limits = {}) => {
  const transport = createChannelTransport(await bind(t, server), limits);
  t.after(() => transport.close?.());
  return transport;
});

test("an upstream that cannot be reached is UNAVAILABLE, its address told to the operator only", async (t) => {
  const reasons: string[] = [];
  const transport = createChannelTransport("127.0.0.1:1", {
    onUnavailable: (reason) => reasons.push(reason),
  });
  t.after(() => transport.close?.());
  const call = await callUnary(transport, "x");
  assert.equal(call.status.code, Code.UNAVAILABLE);
  assert.equal(call.status.message, "the upstream cannot be reached");
  assert.equal(call.origin, "transport");
  assert.match(reasons.join(), /127\.0\.0\.1:1/);
});

test("a service config's retry policy applies", async (t) => {
  const { server, log } = probeServer();
  const target = await bind(t, server);
  const transport = createChannelTransport(target, {
    serviceConfig: {
      methodConfig: [
        {
          name: [{ service: "probe.Probe" }],
          retryPolicy: {
            maxAttempts: 3,
            initialBackoff: "0.01s",
            maxBackoff: "0.01s",
            backoffMultiplier: 1,
            retryableStatusCodes: ["FAILED_PRECONDITION"],
          },
        },
      ],
    },
  });
  t.after(() => transport.close?.());
  assert.equal((await callUnary(transport, "fail")).status.code, Code.FAILED_PRECONDITION);
  assert.equal(log.events.length, 3);
});

test("calls go over the given channels in turn", async (t) => {
  const peers = new Set<string>();
  const { server } = probeServer();
  const target = await bind(t, server);
  const transport = createChannelTransport(target, { channels: 3 });
  t.after(() => transport.close?.());
  for (let i = 0; i < 6; i++) {
    const call = await callUnary(transport, "context");
    peers.add(JSON.parse(call.messages[0] ?? "").peer);
  }
  assert.equal(peers.size, 3);
});

test("a channel of the caller's own making is used, and closed with the transport", async (t) => {
  const { server } = probeServer();
  const channel = new Channel(await bind(t, server), credentials.createInsecure(), {});
  const transport = createChannelTransport([channel]);
  assert.equal((await callUnary(transport, "x")).status.code, Code.OK);
  await transport.close?.();
  assert.equal(channel.getConnectivityState(false), connectivityState.SHUTDOWN);
});

test("a number of channels that is none is refused", () => {
  for (const channels of [0, -1, 1.5, Number.NaN]) {
    assert.throws(
      () => createChannelTransport("127.0.0.1:1", { channels }),
      new RegExp(`channels must be a whole number above 0; got ${channels}`),
    );
  }
});

test("credentials of another making are refused with the way out", () => {
  const foreign = { _isSecure: () => false } as never;
  assert.throws(
    () => createChannelTransport("127.0.0.1:1", { credentials: foreign }),
    /another copy of @grpc\/grpc-js, pass a Channel/,
  );
});
