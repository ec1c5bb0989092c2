import assert from "node:assert/strict";
import { Code } from "../model/code.ts";
import type { Contract } from "./contract.ts";
import { callUnary, startCall } from "./recorded-call.ts";

/** Deadlines. */
export function deadlineContract(contract: Contract): void {
  for (const source of ["client", "gateway"] as const) {
    contract(
      `a deadline of the ${source} ends the call and tells the handler`,
      async (transport, log) => {
        // Long enough for a busy machine to reach the handler, which is to hear of it.
        const at = Date.now() + 400;
        const call = await callUnary(transport, "hang", { deadline: { at, source } });
        assert.equal(call.status.code, Code.DEADLINE_EXCEEDED);
        assert.equal(call.status.message, `the deadline set by the ${source} has passed`);
        assert.equal(call.origin, "transport");
        assert.ok(Date.now() >= at);
        await log.seen("cancelled true");
      },
    );
  }

  contract("a deadline ends a stream and tells its handler", async (transport, log) => {
    const deadline = { at: Date.now() + 400, source: "client" } as const;
    const call = startCall(transport, "Bidi", { deadline });
    call.handle.send(Buffer.from("a"));
    await call.ended;
    assert.deepEqual(call.messages, ["re: a"]);
    assert.equal(call.status.code, Code.DEADLINE_EXCEEDED);
    await log.seen("cancelled");
  });

  contract("a deadline that has passed runs no handler", async (transport, log) => {
    const deadline = { at: Date.now() - 1, source: "client" } as const;
    assert.equal(
      (await callUnary(transport, "x", { deadline })).status.code,
      Code.DEADLINE_EXCEEDED,
    );
    assert.deepEqual(log.events, []);
  });

  contract("a deadline beyond a timer's range is no deadline", async (transport) => {
    const deadline = { at: Date.now() + 2 ** 32, source: "client" } as const;
    assert.equal((await callUnary(transport, "later", { deadline })).status.code, Code.OK);
  });
}
