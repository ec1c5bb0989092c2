import assert from "node:assert/strict";
import { test } from "node:test";
import { clientTraceIds } from "../src/log/trace-ids.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";

test("the ids of a client's traceparent are read, those of later versions too", () => {
  const ids = { traceId, spanId };
  assert.deepEqual(clientTraceIds(`00-${traceId}-${spanId}-01`), ids);
  assert.deepEqual(clientTraceIds(`01-${traceId}-${spanId}-01-more`), ids);
});

test("what is no traceparent has no ids", () => {
  for (const header of [
    undefined,
    [`00-${traceId}-${spanId}-01`],
    "",
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${"0".repeat(32)}-${spanId}-01`,
    `00-${traceId}-${"0".repeat(16)}-01`,
    `00-${traceId}-${spanId}`,
  ]) {
    assert.equal(clientTraceIds(header), undefined, String(header));
  }
});
