import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, type Failure, type FailureOrigin, type TransportCall } from "grpc-transcoding";
import { type AnsweredCall, outcomeOfCall, outcomeOfStatus } from "../../src/answer/outcome.ts";

const call = { timing: { decoded: 1 } } as TransportCall;

function failed(code: Code, origin: FailureOrigin, statusCode: number): AnsweredCall {
  const failure: Failure = { status: { code, message: "", details: [] }, origin };
  return { statusCode, failure, call, notExecuted: new Set() };
}

test("a status tells what may change it", () => {
  const of = (...statuses: number[]) => statuses.map(outcomeOfStatus);
  assert.deepEqual(
    new Set(of(200, 201, 204, 303, 400, 404, 410, 413, 415, 422)),
    new Set(["final"]),
  );
  assert.deepEqual(new Set(of(401, 403, 408, 409, 412, 425, 429)), new Set(["free"]));
  assert.deepEqual(new Set(of(500, 501, 502, 503, 504)), new Set(["unknown"]));
});

test("only the service itself can say that it did not do it", () => {
  assert.equal(outcomeOfCall(failed(Code.NOT_FOUND, "service", 404)), "final");
  assert.equal(outcomeOfCall(failed(Code.FAILED_PRECONDITION, "service", 400)), "final");
  assert.equal(outcomeOfCall(failed(Code.FAILED_PRECONDITION, "service", 412)), "free");
  assert.equal(outcomeOfCall(failed(Code.NOT_FOUND, "service", 500)), "free");
  for (const origin of ["upstream", "transport", "gateway"] as const) {
    assert.equal(outcomeOfCall(failed(Code.NOT_FOUND, origin, 404)), "unknown", origin);
    assert.equal(outcomeOfCall(failed(Code.UNAVAILABLE, origin, 503)), "unknown", origin);
  }
  // A table may show a failure as anything.
  assert.equal(outcomeOfCall(failed(Code.INTERNAL, "service", 422)), "unknown");
  const promised = {
    ...failed(Code.INTERNAL, "service", 500),
    notExecuted: new Set([Code.INTERNAL]),
  };
  assert.equal(outcomeOfCall(promised), "free");
  assert.equal(
    outcomeOfCall({
      ...promised,
      ...failed(Code.INTERNAL, "upstream", 500),
      notExecuted: promised.notExecuted,
    }),
    "unknown",
  );
});

test("a call that was not sent has done nothing", () => {
  const lost = failed(Code.UNAVAILABLE, "transport", 503);
  for (const unsent of [undefined, { timing: {} }, { timing: { decoded: 1, refused: 2 } }] as (
    | TransportCall
    | undefined
  )[]) {
    assert.equal(outcomeOfCall({ ...lost, call: unsent }), "free");
  }
});
