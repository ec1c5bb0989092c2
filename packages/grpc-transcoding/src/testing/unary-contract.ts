import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { Code } from "../model/code.ts";
import type { Contract } from "./contract.ts";
import { callUnary, startCall } from "./recorded-call.ts";

/** Calls with one response: what is reported, in which order, and when. */
export function unaryContract(contract: Contract): void {
  for (const request of ["plain", "later"]) {
    contract(
      `a unary call reports headers, the message, OK and nothing else (${request})`,
      async (transport) => {
        const call = await callUnary(transport, request);
        assert.deepEqual(call.reports, ["headers", "message", "status"]);
        assert.deepEqual(call.messages, [request]);
        assert.deepEqual(call.status, { code: Code.OK, message: "OK", details: [] });
        assert.equal(call.origin, "service");
      },
    );
  }

  contract("a unary response waits until it is read", async (transport) => {
    const call = startCall(transport, "Unary", { reading: false });
    call.handle.send(Buffer.from("held"));
    call.handle.halfClose();
    await delay(30);
    assert.deepEqual(call.messages, []);
    call.handle.read();
    await call.ended;
    assert.deepEqual(call.messages, ["held"]);
  });

  contract("a response's status comes though only the response was read", async (transport) => {
    for (const kind of ["Unary", "ClientStream"] as const) {
      const call = startCall(transport, kind, { reading: false });
      call.handle.read();
      call.handle.send(Buffer.from("later"));
      call.handle.halfClose();
      await call.ended;
      assert.deepEqual(call.reports, ["headers", "message", "status"]);
      assert.equal(call.status.code, Code.OK);
    }
  });

  contract("a method that the server lacks is UNIMPLEMENTED", async (transport) => {
    const call = startCall(transport, "Missing");
    call.handle.send(Buffer.from("x"));
    call.handle.halfClose();
    await call.ended;
    assert.deepEqual(call.reports, ["status"]);
    assert.equal(call.status.code, Code.UNIMPLEMENTED);
    assert.match(call.status.message, /\/probe\.Probe\/Missing/);
  });

  contract("a call that is half-closed without its message is UNIMPLEMENTED", async (transport) => {
    const call = startCall(transport, "Unary");
    call.handle.halfClose();
    await call.ended;
    assert.equal(call.status.code, Code.UNIMPLEMENTED);
  });
}
