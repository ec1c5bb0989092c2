import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Code,
  encodeStatusDetails,
  errorInfoDetail,
  type Status,
  statusDetailsKey,
} from "grpc-transcoding";
import { failureOf } from "grpc-transcoding/internal";

const details = [errorInfoDetail({ reason: "R_X", domain: "d" })];
const bin = encodeStatusDetails({ code: Code.NOT_FOUND, message: "from details", details });
const status = (message: string): Status => ({ code: Code.NOT_FOUND, message, details: [] });

test("details come from the trailers, the message from grpc-message", () => {
  const failure = failureOf(status("gone"), [
    ["x", "y"],
    [statusDetailsKey, bin],
  ]);
  assert.deepEqual(failure.status, { code: Code.NOT_FOUND, message: "gone", details });
  assert.equal(failure.origin, "service");
  assert.equal(failure.trailers?.length, 2);
});

test("the embedded message serves where grpc-message is empty", () => {
  assert.equal(failureOf(status(""), [[statusDetailsKey, bin]]).status.message, "from details");
});

test("grpc-status is trusted over the embedded code, with a warning", () => {
  const warnings: string[] = [];
  const failure = failureOf(
    { code: Code.ABORTED, message: "m", details: [] },
    [[statusDetailsKey, bin]],
    {
      warn: (message) => warnings.push(message),
    },
  );
  assert.equal(failure.status.code, Code.ABORTED);
  assert.deepEqual(failure.status.details, details);
  assert.deepEqual(warnings, ["grpc-status is 10, but grpc-status-details-bin says 5"]);
});

test("malformed details are dropped with a warning", () => {
  for (const value of [Uint8Array.of(0xff), "text"]) {
    const warnings: string[] = [];
    const failure = failureOf(status("m"), [[statusDetailsKey, value]], {
      origin: "transport",
      warn: (message) => warnings.push(message),
    });
    assert.deepEqual(failure.status, status("m"));
    assert.equal(failure.origin, "transport");
    assert.match(warnings.join(), /is not a google.rpc.Status/);
  }
});

test("details that a transport decoded already are kept", () => {
  const failure = failureOf({ ...status("m"), details }, [[statusDetailsKey, Uint8Array.of(0xff)]]);
  assert.equal(failure.status.details, details);
});
