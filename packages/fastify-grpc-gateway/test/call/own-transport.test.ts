import assert from "node:assert/strict";
import { test } from "node:test";
import { type CallReceiver, Code, type Status, type Transport } from "grpc-transcoding";
import { shopApp } from "../shop.ts";

const ok: Status = { code: Code.OK, message: "", details: [] };
const item = Buffer.from([10, 1, 97]);

/** A transport that reports what `answer` does, whatever was asked of it. */
function transportOf(answer: (receiver: CallReceiver) => void, log: string[] = []): Transport {
  return {
    start(_call, receiver) {
      setImmediate(answer, receiver);
      return {
        send() {},
        halfClose() {},
        read: () => void log.push("read"),
        cancel(status) {
          log.push(`cancel ${status.code}`);
        },
      };
    },
  };
}

test("a second response of a transport that breaks its contract is a 502, not an answer", async (t) => {
  const log: string[] = [];
  const upstream = transportOf((receiver) => {
    receiver.onMessage(item);
    receiver.onMessage(Buffer.from([10, 1, 98]));
    receiver.onStatus(ok, []);
  }, log);
  const response = await (await shopApp(t, { upstream })).inject("/v1/items/7");
  assert.equal(response.statusCode, 502);
  assert.deepEqual(response.json(), {
    code: Code.INTERNAL,
    message: "the upstream sent a second response to a call that has one",
    details: [],
  });
  assert.deepEqual(log, ["read", "read", "cancel 13"]);
});

test("a second response is asked for, since a transport reports none unasked", async (t) => {
  const response = await (
    await shopApp(t, {
      upstream: {
        start(_call, receiver) {
          let reads = 0;
          return {
            send() {},
            halfClose() {},
            read() {
              reads += 1;
              if (reads <= 2) setImmediate(() => receiver.onMessage(item));
            },
            cancel: (status) => setImmediate(() => receiver.onStatus(status, [])),
          };
        },
      },
    })
  ).inject("/v1/items/7");
  assert.equal(response.statusCode, 502);
});

test("OK without a response is a 502", async (t) => {
  const upstream = transportOf((receiver) => receiver.onStatus(ok, []));
  const response = await (await shopApp(t, { upstream })).inject("/v1/items/7");
  assert.equal(response.statusCode, 502);
  assert.equal(response.json().message, "the upstream ended the call without a response");
});

test("a response that is not the method's message is a 502", async (t) => {
  const upstream = transportOf((receiver) => {
    receiver.onMessage(Buffer.from([10, 200]));
    receiver.onStatus(ok, []);
  });
  const app = await shopApp(t, { upstream });
  const response = await app.inject("/v1/items/7");
  assert.equal(response.statusCode, 502);
  assert.equal(response.json().message, "the upstream's response is not a shop.v1.Item");
  const stream = await app.inject("/v1/items:count");
  assert.equal(stream.statusCode, 502);
});
