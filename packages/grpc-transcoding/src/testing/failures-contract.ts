import assert from "node:assert/strict";
import { Code } from "../model/code.ts";
import type { Contract } from "./contract.ts";
import { joined } from "./joined-metadata.ts";
import { callUnary } from "./recorded-call.ts";

/** Texts of grpc-js, which a service may send as its own. */
const texts = [
  "Received message larger than max (5 vs 4)",
  "Bandwidth exhausted or memory limit exceeded",
  "Received HTTP status code 200",
];

/** Failures of the service, as it meant them. */
export function failuresContract(contract: Contract): void {
  contract("an error brings its code, text, trailers and status details", async (transport) => {
    for (const request of ["fail", "fail with other trailers"]) {
      const call = await callUnary(transport, request);
      assert.deepEqual(call.reports, ["status"]);
      assert.equal(call.status.code, Code.FAILED_PRECONDITION);
      assert.equal(call.status.message, request === "fail" ? "nope é %" : "no");
      assert.deepEqual(call.status.details, []);
      assert.equal(call.origin, "service");
      assert.deepEqual(joined(call.trailers), {
        "x-trailer": "last",
        "grpc-status-details-bin": "0805",
      });
    }
  });

  const failures: readonly [request: string, code: number, message: string][] = [
    ["throw", Code.UNKNOWN, "Unknown error"],
    ["text code", Code.UNKNOWN, "boom"],
    ["code 4.5", Code.UNKNOWN, "half"],
    ["code 99", Code.UNKNOWN, "unheard of"],
    ["malformed", Code.INTERNAL, "Error deserializing request"],
    ["unencodable", Code.INTERNAL, "Error serializing response"],
  ];

  for (const [request, code, message] of failures) {
    contract(
      `a handler's failure "${request}" is ${code} with grpc-js' text`,
      async (transport) => {
        const call = await callUnary(transport, request);
        assert.deepEqual([call.status.code, call.status.message], [code, message]);
        assert.deepEqual(call.messages, []);
      },
    );
  }

  contract("a service's own RESOURCE_EXHAUSTED keeps its text", async (transport) => {
    for (const text of texts) {
      const call = await callUnary(transport, "exhausted", { metadata: [["x-text", text]] });
      assert.deepEqual([call.status.code, call.status.message], [Code.RESOURCE_EXHAUSTED, text]);
      assert.equal(call.origin, "service");
    }
  });
}
