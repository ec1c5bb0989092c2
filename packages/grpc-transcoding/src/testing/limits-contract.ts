import assert from "node:assert/strict";
import { Code } from "../model/code.ts";
import type { Contract } from "./contract.ts";
import { callUnary, startCall } from "./recorded-call.ts";

/** How large messages may be. */
export function limitsContract(contract: Contract): void {
  contract(
    "a message of up to 4 MiB passes by default; a larger request is RESOURCE_EXHAUSTED, a larger response INTERNAL",
    async (transport) => {
      const largest = 4 * 1024 * 1024;
      assert.equal((await callUnary(transport, Buffer.alloc(largest))).status.code, Code.OK);
      const request = await callUnary(transport, Buffer.alloc(largest + 1));
      assert.equal(request.status.code, Code.RESOURCE_EXHAUSTED);
      assert.match(request.status.message, /^the request message /);
      assert.equal(request.origin, "transport");
      const size = (bytes: number) =>
        callUnary(transport, "large", { metadata: [["x-size", String(bytes)]] });
      assert.equal((await size(largest)).status.code, Code.OK);
      const response = await size(largest + 1);
      assert.equal(response.status.code, Code.INTERNAL);
      assert.match(response.status.message, /^a response message of the upstream is larger/);
      assert.deepEqual(response.messages, []);
      assert.equal(response.origin, "upstream");
    },
  );

  contract(
    "a message over the limit ends a stream after the ones before it",
    async (transport) => {
      const call = startCall(transport, "ServerStream");
      call.handle.send(Buffer.from("large 1"));
      call.handle.halfClose();
      await call.ended;
      assert.deepEqual([call.status.code, call.origin], [Code.INTERNAL, "upstream"]);
      assert.deepEqual(call.messages, []);
    },
    {},
    { maxResponseBytes: 49_999 },
  );

  contract(
    "size limits can be lifted",
    async (transport) => {
      const call = await callUnary(transport, Buffer.alloc(9 * 1024 * 1024, "a"));
      assert.equal(call.status.code, Code.OK);
      assert.equal(call.messages[0]?.length, 9 * 1024 * 1024);
    },
    { "grpc.max_receive_message_length": -1 },
    { maxRequestBytes: -1, maxResponseBytes: -1 },
  );
}
