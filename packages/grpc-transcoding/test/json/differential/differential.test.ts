import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compareMutatedJson, compareMutatedWire, compareNormal, compareValid } from "./compare.ts";
import { knownOfProtobufEs, knownOfProtobufjs } from "./known-disagreements.ts";

/** For each comparison. `differential/run.ts` does as many as it is asked for. */
const count = 300;
const seed = 20261120;

describe("differential", () => {
  it("random messages mean to protobuf-es what they mean to us", () => {
    assert.deepEqual(compareValid(count, seed), []);
  });

  it("JSON with mistakes is judged as by protobuf-es", () => {
    assert.deepEqual(compareMutatedJson(count, seed, "protobuf-es", knownOfProtobufEs), []);
  });

  it("JSON with mistakes is judged as by protobufjs", () => {
    assert.deepEqual(compareMutatedJson(count, seed, "protobufjs", knownOfProtobufjs), []);
  });

  it("text means what its normal form means", () => {
    assert.deepEqual(compareNormal(count * 10, seed), []);
  });

  it("changed bytes are judged as by protobufjs, and what is printed is stable JSON", () => {
    assert.deepEqual(compareMutatedWire(count, seed, knownOfProtobufjs), []);
  });
});
