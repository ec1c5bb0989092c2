import assert from "node:assert/strict";
import { test } from "node:test";
import { Channel, credentials, Metadata, ServerCredentials } from "@grpc/grpc-js";
import { type CallReceiver, Code, type Status, type Transport } from "grpc-transcoding";
import { probeServer, type RecordedCall, startCall } from "grpc-transcoding/testing";
import { serverInternals } from "../../src/grpc-js/internals.ts";
import { ChannelCall } from "../../src/transport/channel-call.ts";
import { closable } from "../../src/transport/closable.ts";
import { InProcessCall } from "../../src/transport/in-process-call.ts";
import { InProcessUnary } from "../../src/transport/in-process-unary.ts";
import { LiveCalls } from "../../src/transport/live-calls.ts";

const limits = { maxRequestBytes: -1, maxResponseBytes: -1 };
const cancelled: Status = { code: Code.CANCELLED, message: "enough", details: [] };

/** Transports whose calls stand in the given list while they are alive. */
const kinds: Readonly<Record<string, (live: LiveCalls, origin: string) => Transport>> = {
  "in-process unary": (live) => {
    const { handlers } = serverInternals(probeServer().server);
    return {
      start(call, receiver) {
        const handler = handlers.get(call.method.path);
        assert.ok(handler);
        return new InProcessUnary(handler, call, new Metadata(), receiver, limits, live);
      },
    };
  },
  "in-process": (live) => {
    const internals = serverInternals(probeServer().server);
    return {
      start(call, receiver) {
        const handler = internals.handlers.get(call.method.path);
        assert.ok(handler);
        const running = new InProcessCall(handler, call, new Metadata(), receiver, limits, live);
        running.begin(internals);
        return running;
      },
    };
  },
  channel: (live, target) => {
    const channel = new Channel(target, credentials.createInsecure(), {});
    return {
      start(call, receiver) {
        const inner = channel.createCall(call.method.path, call.deadline.at, null, null, null);
        const running = new ChannelCall(inner, call, receiver, live, undefined);
        running.start(new Metadata());
        return running;
      },
      close: () => channel.close(),
    };
  },
};

/** How a call may end, by what it asks of the probe. */
const endings: readonly [request: string, end: (call: RecordedCall) => void][] = [
  ["later", () => {}],
  ["fail", () => {}],
  ["hang", (call) => call.handle.cancel(cancelled)],
];

for (const [kind, make] of Object.entries(kinds)) {
  test(`${kind}: no call is left once it has ended, however it did`, async (t) => {
    const { server } = probeServer();
    t.after(() => server.forceShutdown());
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    const live = new LiveCalls();
    const transport = make(live, `127.0.0.1:${port}`);
    t.after(() => transport.close?.());
    const running = endings.map(([request]) => {
      const call = startCall(transport, "Unary");
      call.handle.send(Buffer.from(request));
      call.handle.halfClose();
      return call;
    });
    const late = startCall(transport, "Unary", {
      deadline: { at: Date.now() + 100, source: "client" },
    });
    late.handle.send(Buffer.from("hang"));
    late.handle.halfClose();
    // Of the fast path, those that were answered at once never stood in the list.
    assert.ok(live.size >= 3, `${live.size} calls are alive`);
    endings.forEach(([, end], at) => {
      end(running[at] as RecordedCall);
    });
    for (const call of [...running, late]) await call.ended;
    assert.equal(live.size, 0);
  });
}

test("closing a transport of the user's cancels its live calls, and no call that has ended", () => {
  const receivers: CallReceiver[] = [];
  const cancels: number[] = [];
  const own: Transport = {
    start(_call, receiver) {
      const at = receivers.push(receiver) - 1;
      return {
        send() {},
        halfClose() {},
        read() {},
        cancel: () => void cancels.push(at),
      };
    },
  };
  const transport = closable(own);
  for (let i = 0; i < 3; i += 1) startCall(transport, "Unary");
  receivers[1]?.onStatus(cancelled, []);
  transport.close?.();
  assert.deepEqual(cancels, [0, 2]);
});
