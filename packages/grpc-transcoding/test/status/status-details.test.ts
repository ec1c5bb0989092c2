import assert from "node:assert/strict";
import { test } from "node:test";
import {
  badRequestDetail,
  Code,
  decodeStatusDetails,
  encodeStatusDetails,
  errorInfoDetail,
} from "grpc-transcoding";

test("a status survives the way through grpc-status-details-bin", () => {
  const status = {
    code: Code.INVALID_ARGUMENT,
    message: "größer 🌍",
    details: [
      badRequestDetail([{ field: "book.title", description: "is missing", reason: "MISSING" }]),
      errorInfoDetail({ reason: "BAD_BOOK", domain: "library.test", metadata: { a: "b" } }),
      { typeUrl: "type.googleapis.com/x.Y", value: new Uint8Array(0) },
    ],
  };
  assert.deepEqual(decodeStatusDetails(encodeStatusDetails(status)), status);
});

test("the bytes are those of google.rpc.Status", () => {
  const bytes = encodeStatusDetails({
    code: 5,
    message: "no",
    details: [{ typeUrl: "t/a.B", value: Uint8Array.of(1, 2) }],
  });
  // As protoc --encode=google.rpc.Status prints them.
  assert.equal(Buffer.from(bytes).toString("hex"), "080512026e6f1a0b0a05742f612e4212020102");
});

test("a negative code is read as the int32 that it is", () => {
  const bytes = encodeStatusDetails({ code: -1, message: "", details: [] });
  assert.equal(decodeStatusDetails(bytes)?.code, -1);
});

test("fields that it does not know are skipped", () => {
  const bytes = Uint8Array.of(0x08, 0x05, 0x22, 0x01, 0x61, 0x28, 0x07);
  assert.deepEqual(decodeStatusDetails(bytes), { code: 5, message: "", details: [] });
});

test("bytes that are no status are undefined, never an exception", () => {
  for (const hex of ["ff", "1aff", "12ff61", "0a05", "0f", "1a020aff", "07"]) {
    assert.equal(decodeStatusDetails(Buffer.from(hex, "hex")), undefined, hex);
  }
});

test("no truncation of a valid status throws", () => {
  const bytes = encodeStatusDetails({
    code: 3,
    message: "abc",
    details: [errorInfoDetail({ reason: "R", domain: "d", metadata: { k: "v" } })],
  });
  for (let length = 0; length < bytes.length; length += 1) {
    decodeStatusDetails(bytes.subarray(0, length));
  }
});
