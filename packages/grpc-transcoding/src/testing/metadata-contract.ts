import assert from "node:assert/strict";
import { Code } from "../model/code.ts";
import type { Contract } from "./contract.ts";
import { joined } from "./joined-metadata.ts";
import { callUnary } from "./recorded-call.ts";

/** What goes along with the messages. */
export function metadataContract(contract: Contract): void {
  contract(
    "request metadata, headers and trailers come through, bytes included",
    async (transport) => {
      const bytes = Buffer.from([0, 1, 255]);
      const call = await callUnary(transport, "headers", {
        metadata: [
          ["x-in", "a"],
          ["x-in", "b, c"],
          ["y-bin", bytes],
        ],
      });
      assert.deepEqual(joined(call.headers ?? []), { "x-in": "a, b, c", "y-bin": "0001ff" });
      assert.deepEqual(bytes, Buffer.from([0, 1, 255]), "the handler got a copy");
      assert.deepEqual(joined(call.trailers), {
        "x-trailer": "last",
        "grpc-status-details-bin": "0805",
      });
    },
  );

  contract(
    "metadata that no wire can carry ends the call without harming others",
    async (transport) => {
      for (const key of [
        "connection",
        "transfer-encoding",
        "te",
        ":path",
        "host",
        "a key",
        "x\n",
      ]) {
        const call = await callUnary(transport, "x", { metadata: [[key, "close"]] });
        assert.equal(call.status.code, Code.INTERNAL, key);
        assert.ok(call.status.message.includes(key), call.status.message);
      }
      const call = await callUnary(transport, "x", { metadata: [["x-text", "line\nbreak"]] });
      assert.equal(call.status.code, Code.INTERNAL);
      assert.equal((await callUnary(transport, "next")).status.code, Code.OK);
    },
  );
}
