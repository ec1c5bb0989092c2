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
import { callUnary, probeServer, runTransportContract, startCall } from "grpc-transcoding/testing";
import { type CallChannel, createChannelTransport } from "../../src/transport/channel.ts";

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

test("a timeout of the service config is a deadline of the gateway's", async (t) => {
  const { server } = probeServer();
  const serviceConfig = {
    methodConfig: [{ name: [{ service: "probe.Probe" }], timeout: "0.1s" }],
  };
  const transport = createChannelTransport(await bind(t, server), { serviceConfig });
  t.after(() => transport.close?.());
  const call = await callUnary(transport, "hang", {
    deadline: { at: Date.now() + 9000, source: "client" },
  });
  assert.equal(call.status.code, Code.DEADLINE_EXCEEDED);
  assert.equal(call.status.message, "the deadline set by the gateway has passed");
  assert.equal(call.origin, "transport");
});

test("a channel that hides its calls' streams still tells the service's statuses", async (t) => {
  const { server } = probeServer();
  const channel = new Channel(await bind(t, server), credentials.createInsecure(), {});
  t.after(() => channel.close());
  const hiding: CallChannel = {
    createCall(...args) {
      const call = channel.createCall(...args);
      const names = ["start", "startRead", "sendMessageWithContext", "halfClose"] as const;
      const shown = names.map((name) => [name, call[name].bind(call)]);
      return Object.fromEntries(shown);
    },
    close() {},
  };
  const transport = createChannelTransport([hiding]);
  const call = startCall(transport, "ServerStream");
  call.handle.send(Buffer.from("fail 2"));
  call.handle.halfClose();
  await call.ended;
  assert.deepEqual([call.status.code, call.status.message], [Code.ABORTED, "midway"]);
  assert.equal((await callUnary(transport, "fail")).status.message, "nope é %");
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
