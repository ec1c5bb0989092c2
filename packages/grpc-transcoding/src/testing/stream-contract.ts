import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { Code } from "../model/code.ts";
import type { Contract } from "./contract.ts";
import { joined } from "./joined-metadata.ts";
import { startCall } from "./recorded-call.ts";

/** Streams of both directions, and their back-pressure. */
export function streamContract(contract: Contract): void {
  contract("a server stream reports its messages in order, then trailers", async (transport) => {
    const call = startCall(transport, "ServerStream");
    call.handle.send(Buffer.from("count 100"));
    call.handle.halfClose();
    await call.ended;
    assert.deepEqual(
      call.messages,
      Array.from({ length: 100 }, (_, i) => String(i)),
    );
    assert.equal(call.reports.at(-1), "status");
    assert.equal(call.status.code, Code.OK);
    assert.equal(joined(call.trailers)["x-trailer"], "last");
  });

  contract("a server stream without messages reports its status unread", async (transport) => {
    const call = startCall(transport, "ServerStream", { reading: false });
    call.handle.send(Buffer.from("fail 0"));
    call.handle.halfClose();
    await call.ended;
    assert.equal(call.status.code, Code.ABORTED);
  });

  contract("a server stream may end without any message", async (transport) => {
    const call = startCall(transport, "ServerStream");
    call.handle.send(Buffer.from("count 0"));
    call.handle.halfClose();
    await call.ended;
    assert.deepEqual([call.status.code, call.messages], [Code.OK, []]);
  });

  contract("an error ends a server stream", async (transport) => {
    const call = startCall(transport, "ServerStream");
    call.handle.send(Buffer.from("fail 2"));
    call.handle.halfClose();
    await call.ended;
    assert.deepEqual([call.status.code, call.status.message], [Code.ABORTED, "midway"]);
    assert.equal(joined(call.trailers)["grpc-status-details-bin"], "0805");
  });

  contract(
    "a server stream stops writing while its messages are not read",
    async (transport, log) => {
      const call = startCall(transport, "ServerStream", { reading: false });
      call.handle.send(Buffer.from("large 1000"));
      call.handle.halfClose();
      call.handle.read();
      await call.received(1);
      await delay(80);
      assert.equal(call.messages.length, 1);
      const written = log.events.length;
      assert.ok(written < 150, `${written} messages of 50 kB were written ahead`);
      for (let i = 0; i < 200; i++) call.handle.read();
      await call.received(200);
      call.handle.cancel({ code: Code.CANCELLED, message: "enough", details: [] });
      await call.ended;
      await log.seen("cancelled");
    },
  );

  contract("a client stream sends as its messages are accepted", async (transport) => {
    const call = startCall(transport, "ClientStream");
    await new Promise<void>((done) => {
      const sendNext = (left: number): void => {
        if (left === 0) done();
        else call.handle.send(Buffer.alloc(1000), () => sendNext(left - 1));
      };
      sendNext(100);
    });
    call.handle.halfClose();
    await call.ended;
    assert.deepEqual(call.messages, ["100000"]);
    assert.equal(call.status.code, Code.OK);
  });

  contract("a cancelled client stream tells its handler", async (transport, log) => {
    const call = startCall(transport, "ClientStream");
    call.handle.send(Buffer.from("one"));
    await log.seen("received");
    call.handle.cancel({ code: Code.CANCELLED, message: "changed my mind", details: [] });
    await call.ended;
    await log.seen("cancelled");
    assert.equal(call.status.code, Code.CANCELLED);
  });

  contract("a bidi stream answers each message before the next is sent", async (transport) => {
    let sent = 1;
    const call = startCall(transport, "Bidi", {
      onMessage(_bytes, handle) {
        sent += 1;
        if (sent <= 5) handle.send(Buffer.from(String(sent)));
        else handle.halfClose();
      },
    });
    call.handle.send(Buffer.from("1"));
    await call.ended;
    assert.deepEqual(call.messages, ["re: 1", "re: 2", "re: 3", "re: 4", "re: 5"]);
    assert.equal(call.status.code, Code.OK);
  });
}
