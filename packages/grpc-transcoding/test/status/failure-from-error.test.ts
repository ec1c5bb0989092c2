import assert from "node:assert/strict";
import { test } from "node:test";
import {
  badRequestDetail,
  Code,
  codeName,
  encodeStatusDetails,
  StatusError,
  statusDetailsKey,
} from "grpc-transcoding";
import { failureFromError, gatewayError, grpcFailureFromError } from "grpc-transcoding/internal";

/** An error as grpc-js clients report it. */
function serviceError(code: unknown, details: unknown, bin?: Uint8Array): Error {
  const metadata = { get: (key: string) => (key === statusDetailsKey && bin ? [bin] : []) };
  return Object.assign(new Error(`${code}: ${details}`), { code, details, metadata });
}

test("a StatusError is its own failure", () => {
  const error = gatewayError("wrong", { http: { statusCode: 405, headers: { allow: "GET" } } });
  assert.equal(failureFromError(error), error);
});

test("an error of a grpc-js client is the service's failure, with its details", () => {
  const detail = badRequestDetail([{ field: "name", description: "is empty" }]);
  const bin = encodeStatusDetails({ code: 3, message: "x", details: [detail] });
  const failure = failureFromError(serviceError(3, "bad name", bin));
  assert.equal(failure.origin, "service");
  assert.equal(failure.http, undefined);
  assert.deepEqual(failure.status, { code: 3, message: "bad name", details: [detail] });
});

test("an OK that is thrown is UNKNOWN", () => {
  assert.equal(failureFromError(serviceError(0, "fine")).status.code, Code.UNKNOWN);
});

test("an error that only resembles one of grpc-js is not taken for it", () => {
  for (const error of [
    serviceError("ENOENT", "x"),
    serviceError(17, "x"),
    serviceError(-1, "x"),
    serviceError(2.5, "x"),
    serviceError(5, undefined),
    Object.assign(new Error("x"), { code: 5, details: "x" }),
    { code: 5, details: "x", metadata: { get: () => [] } },
  ]) {
    assert.equal(grpcFailureFromError(error), undefined);
  }
});

const http: [statusCode: number, code: string][] = [
  [400, "INVALID_ARGUMENT"],
  [401, "UNAUTHENTICATED"],
  [403, "PERMISSION_DENIED"],
  [404, "NOT_FOUND"],
  [405, "UNIMPLEMENTED"],
  [408, "DEADLINE_EXCEEDED"],
  [409, "ABORTED"],
  [412, "FAILED_PRECONDITION"],
  [413, "INVALID_ARGUMENT"],
  [416, "OUT_OF_RANGE"],
  [418, "FAILED_PRECONDITION"],
  [422, "INVALID_ARGUMENT"],
  [429, "RESOURCE_EXHAUSTED"],
  [499, "CANCELLED"],
  [500, "INTERNAL"],
  [501, "UNIMPLEMENTED"],
  [502, "UNAVAILABLE"],
  [503, "UNAVAILABLE"],
  [504, "DEADLINE_EXCEEDED"],
  [599, "INTERNAL"],
];
for (const [statusCode, code] of http) {
  test(`an error with statusCode ${statusCode} is ${code} and keeps its HTTP status`, () => {
    const failure = failureFromError(Object.assign(new Error("m"), { statusCode }));
    assert.equal(codeName(failure.status.code), code);
    assert.equal(failure.status.message, "m");
    assert.equal(failure.http?.statusCode, statusCode);
    assert.equal(failure.origin, "gateway");
  });
}

test("the caller's own reverse table decides the code", () => {
  const error = Object.assign(new Error("m"), { statusCode: 403 });
  assert.equal(failureFromError(error, () => Code.ABORTED).status.code, Code.ABORTED);
});

test("an error without a status has that of the response, where it tells of an error", () => {
  const failure = failureFromError(new Error("m"), undefined, 401);
  assert.equal(failure.status.code, Code.UNAUTHENTICATED);
  assert.equal(failure.http?.statusCode, 401);
  for (const replyStatus of [200, 204, 302, 399, 600]) {
    assert.equal(failureFromError(new Error("m"), undefined, replyStatus).http?.statusCode, 500);
  }
  const own = Object.assign(new Error("m"), { statusCode: 409 });
  assert.equal(failureFromError(own, undefined, 401).http?.statusCode, 409);
  const grpc = new StatusError(Code.NOT_FOUND, "m");
  assert.equal(failureFromError(grpc, undefined, 401), grpc);
});

test("headers of the error are kept in lower case", () => {
  const error = {
    statusCode: 401,
    message: "m",
    headers: { "WWW-Authenticate": "Basic", n: 1, o: {} },
  };
  assert.deepEqual(failureFromError(error).http?.headers, { "www-authenticate": "Basic", n: "1" });
});

test("anything else that is thrown is INTERNAL and 500", () => {
  for (const thrown of [
    new Error("boom"),
    "text",
    undefined,
    null,
    7,
    Symbol("s"),
    Object.create(null),
    { statusCode: 200 },
    { statusCode: 304 },
    { statusCode: "404" },
    { statusCode: 600 },
  ]) {
    const failure = failureFromError(thrown);
    assert.equal(failure.status.code, Code.INTERNAL);
    assert.equal(failure.http?.statusCode, 500);
  }
});

test("a StatusError that was thrown by another copy of the module is recognised", () => {
  const foreign = Object.create(Error.prototype, {
    [Symbol.for("grpc-transcoding.StatusError")]: { value: true },
  });
  assert.ok(foreign instanceof StatusError);
  assert.equal(failureFromError(foreign), foreign);
});
