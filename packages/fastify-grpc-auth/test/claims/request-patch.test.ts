import assert from "node:assert/strict";
import { test } from "node:test";
import { AmbiguousMessage, patchRequest } from "../../src/claims/request-patch.ts";

const layout = { claimed: new Set([2, 200]), wide: new Set([3]) };
const fields = Buffer.from("1203626f62", "hex");

function patch(hex: string, added: Uint8Array = fields): string {
  return Buffer.from(patchRequest(Buffer.from(hex, "hex"), { layout, fields: added })).toString(
    "hex",
  );
}

test("claimed fields go wherever they stand, whatever their wire type, and the token's come last", () => {
  assert.equal(patch(""), "1203626f62");
  assert.equal(patch("0a0161"), "0a01611203626f62");
  // Twice, between and at the ends of others; as a varint; with a long tag; fixed.
  assert.equal(
    patch("120161" + "0a0161" + "120162" + "2001" + "1007"),
    "0a0161" + "2001" + "1203626f62",
  );
  assert.equal(patch("c20c0161" + "0a0161"), "0a01611203626f62");
  assert.equal(patch("110000000000000000" + "1500000000"), "1203626f62");
});

test("without fields of the token the others stay as they are", () => {
  const none = new Uint8Array();
  assert.equal(patch("0a0161", none), "0a0161");
  assert.equal(patch("0a0161120161", none), "0a0161");
});

test("numbers of 64 bits may be as long as they are, others not", () => {
  const long = "80808080808000";
  assert.equal(patch(`18${long}`), `18${long}1203626f62`);
  assert.throws(() => patch(`20${long}`), AmbiguousMessage);
  // A negative int32.
  const ten = "ffffffffffffffffff01";
  assert.equal(patch(`20${ten}`), `20${ten}1203626f62`);
  assert.throws(() => patch("18ffffffffffffffffffff01"), AmbiguousMessage);
});

test("bytes that end in the middle, groups and malformed tags are refused", () => {
  for (const hex of [
    "0a",
    "0a02",
    "0a0261",
    "08",
    "0880",
    "0900",
    "0d00",
    "0b0c",
    "0c",
    "0e",
    "0f",
    "00",
    "0200",
    "80",
    "ffffffff7f",
    "8a808080808000",
    "0a8080808080" + "00",
    "0affffffff0f",
  ]) {
    assert.throws(() => patch(hex), AmbiguousMessage, hex);
  }
});
