import assert from "node:assert/strict";
import { test } from "node:test";
import {
  badRequestDetail,
  errorInfoDetail,
  type FieldViolation,
  type RpcDetails,
  retryInfoDetail,
  rpcDetail,
} from "grpc-transcoding";
import { rpcDetailTypes } from "grpc-transcoding/internal";

test("a detail is found by the name of its message, and by the full name", () => {
  const help = { links: [{ description: "manual", url: "https://x.test" }] };
  assert.deepEqual(rpcDetail("google.rpc.Help", help), rpcDetail("Help", help));
  assert.equal(rpcDetail("Help", help).typeUrl, "type.googleapis.com/google.rpc.Help");
});

test("the details that can be made are the messages of google/rpc/error_details.proto", () => {
  const typed: Readonly<Record<keyof RpcDetails, true>> = {
    ErrorInfo: true,
    BadRequest: true,
    RetryInfo: true,
    QuotaFailure: true,
    PreconditionFailure: true,
    LocalizedMessage: true,
    Help: true,
    RequestInfo: true,
    ResourceInfo: true,
    DebugInfo: true,
  };
  const names = Object.keys(typed).map((name) => `google.rpc.${name}`);
  assert.deepEqual(rpcDetailTypes().toSorted(), names.toSorted());
});

const wrong: readonly (readonly [what: string, make: () => unknown, message: RegExp])[] = [
  [
    "an unknown message",
    () => rpcDetail("Hint" as "Help", { links: [] }),
    /^rpcDetail\(type, value\) takes .*: there is no message google\.rpc\.Hint$/,
  ],
  [
    "a symbol for a name",
    () => rpcDetail(Symbol("x") as unknown as "Help", { links: [] }),
    /^rpcDetail/,
  ],
  [
    "no value",
    () => rpcDetail("Help", undefined as never),
    /^rpcDetail\(.*: the value is no object$/,
  ],
  [
    "a member that the message lacks",
    () => rpcDetail("Help", { link: [] } as never),
    /^rpcDetail\(.*: link: /,
  ],
  [
    "one violation without a list",
    () => badRequestDetail({ field: "a", description: "b" } as never),
    /^badRequestDetail\(violations\) takes a list of \{ field, description \}: the value is no list$/,
  ],
  [
    "a violation with another name for its field",
    () => badRequestDetail([{ path: "a" } as unknown as FieldViolation]),
    /^badRequestDetail\(.*: fieldViolations\[0\]\.path: /,
  ],
  [
    "an ErrorInfo in two arguments",
    () => errorInfoDetail("SHELF_FULL" as never),
    /^errorInfoDetail\(info\) takes \{ reason, domain, metadata\? \}: reason and domain must be texts$/,
  ],
  ["no ErrorInfo", () => errorInfoDetail(undefined as never), /^errorInfoDetail\(/],
  [
    "metadata that is no text",
    () => errorInfoDetail({ reason: "A", domain: "d", metadata: { n: 1 } as never }),
    /^errorInfoDetail\(.*: metadata/,
  ],
  [
    "a delay in text",
    () => retryInfoDetail("1s" as never),
    /^retryInfoDetail\(delayMs\) takes milliseconds: the value is no number$/,
  ],
  ["a delay that is NaN", () => retryInfoDetail(Number.NaN), /^retryInfoDetail\(/],
];
for (const [what, make, message] of wrong) {
  test(`${what} is a TypeError that names the function and what it takes`, () => {
    assert.throws(make, (error) => error instanceof TypeError && message.test(error.message));
  });
}
