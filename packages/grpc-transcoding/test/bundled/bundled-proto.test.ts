import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { bundledProto, bundledProtoNames } from "grpc-transcoding";

const protoDir = fileURLToPath(new URL("../../proto", import.meta.url));

test("the embedded text of every bundled proto is that of its source file", () => {
  const names = readdirSync(protoDir, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".proto"))
    .sort();
  assert.deepEqual(bundledProtoNames, names, "npm run embed-protos -w grpc-transcoding");
  for (const name of names) {
    assert.equal(bundledProto(name), readFileSync(join(protoDir, name), "utf8"), name);
  }
});

test("answers undefined for names that are not bundled, and for names of object members", () => {
  for (const name of ["nope.proto", "google/api/nope.proto", "toString", "__proto__", ""]) {
    assert.equal(bundledProto(name), undefined, name);
  }
});
