import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { ServerInterceptingCall, type ServerInterceptor } from "@grpc/grpc-js";
import { Code } from "../model/code.ts";
import type { Contract } from "./contract.ts";
import { callUnary, startCall } from "./recorded-call.ts";

/** Calls that end early, and handlers that hear of it. */
export function cancelContract(contract: Contract): void {
  contract("the handler hears of the end of its call", async (transport, log) => {
    await callUnary(transport, "ending");
    await log.seen("cancelled after the end");
  });

  contract(
    "cancel ends the call with the given status, once, and tells the handler",
    async (transport, log) => {
      const call = startCall(transport, "Unary");
      call.handle.send(Buffer.from("hang"));
      call.handle.halfClose();
      await log.seen("called");
      const status = { code: Code.CANCELLED, message: "the client went away", details: [] };
      call.handle.cancel(status);
      call.handle.cancel({ ...status, code: Code.ABORTED });
      call.handle.read();
      await call.ended;
      assert.deepEqual(call.reports, ["status"]);
      assert.deepEqual(call.status, status);
      assert.equal(call.origin, "transport");
      await log.seen("cancelled true");
      call.handle.cancel(status);
      await delay(5);
      assert.deepEqual(call.reports, ["status"]);
    },
  );

  contract("cancel at once reports after start and runs no handler's answer", async (transport) => {
    const call = startCall(transport, "Missing");
    call.handle.cancel({ code: Code.CANCELLED, message: "no more", details: [] });
    await call.ended;
    assert.deepEqual([call.reports, call.status.code], [["status"], Code.CANCELLED]);
  });

  contract("cancel at once leaves no call with the handler", async (transport, log) => {
    // Ready, so that a call goes out in the turn in which it is started.
    await callUnary(transport, "x");
    const call = startCall(transport, "Bidi");
    call.handle.send(Buffer.from("a"));
    call.handle.cancel({ code: Code.CANCELLED, message: "no more", details: [] });
    await call.ended;
    assert.equal(call.status.code, Code.CANCELLED);
    // What was sent before may reach the handler or not; a later call does after it.
    await callUnary(transport, "y");
    const heard = log.events.filter((event) => event === "bidi called").length;
    for (let i = 0; i < heard; i++) await log.seen("cancelled");
    assert.deepEqual(call.messages, []);
  });

  const lastMessages = [
    ["Unary", "x"],
    ["Unary", "later"],
    ["ClientStream", "x"],
    ["ServerStream", "count 1"],
  ] as const;

  for (const [server, interceptors] of Object.entries({
    plain: [],
    intercepted: [passing],
    "status right behind the message": [statusBehindMessage],
  })) {
    for (const heldMs of [0, 40]) {
      contract(
        `a cancel inside the report of the last message ends the call once (${server}, read after ${heldMs} ms)`,
        async (transport) => {
          for (const [kind, request] of lastMessages) {
            const status = { code: Code.CANCELLED, message: "seen enough", details: [] };
            const call = startCall(transport, kind, {
              reading: heldMs === 0,
              onMessage: (_bytes, handle) => handle.cancel(status),
            });
            call.handle.send(Buffer.from(request));
            call.handle.halfClose();
            if (heldMs > 0) {
              // By then the handler has ended the call, which waits for its message to be read.
              await delay(heldMs);
              call.handle.read();
            }
            await call.ended;
            assert.deepEqual(call.reports, ["headers", "message", "status"], kind);
            assert.deepEqual([call.status, call.origin], [status, "transport"]);
          }
        },
        { interceptors },
      );
    }
  }

  contract("close ends calls with UNAVAILABLE, and later ones too", async (transport, log) => {
    const hanging = callUnary(transport, "hang");
    const streaming = startCall(transport, "Bidi");
    streaming.handle.send(Buffer.from("x"));
    await streaming.received(1);
    await log.seen("called");
    await transport.close?.();
    assert.equal((await hanging).status.code, Code.UNAVAILABLE);
    await streaming.ended;
    assert.equal(streaming.status.code, Code.UNAVAILABLE);
    assert.equal((await callUnary(transport, "late")).status.code, Code.UNAVAILABLE);
    await log.seen("cancelled true");
  });
}

const passing: ServerInterceptor = (_method, call) => new ServerInterceptingCall(call);

/** Ends a call while its message waits to be read, which handlers do not. */
const statusBehindMessage: ServerInterceptor = (_method, call) =>
  new ServerInterceptingCall(call, {
    sendMessage(message) {
      call.sendMessage(message, () => {});
      call.sendStatus({ code: Code.OK, details: "OK", metadata: null });
    },
  });
