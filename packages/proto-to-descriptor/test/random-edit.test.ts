import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { CompileError, compile } from "../src/index.ts";
import { folder, protoFiles } from "./proto-folder.ts";
import { randomEdit, seededRandom } from "./random-edit.ts";

const EDITS = 10_000;
const MAX_MS = 1_000;

// A small descriptor.proto, so that files with custom options compile fast.
const DESCRIPTOR = `syntax = "proto2"; package google.protobuf;
${["File", "Message", "Field", "Oneof", "Enum", "EnumValue", "Service", "Method", "ExtensionRange"]
  .map(
    (name) => `message ${name}Options { optional bool deprecated = 33; extensions 1000 to max; }`,
  )
  .join("\n")}`;
const ANY =
  'syntax = "proto3"; package google.protobuf; message Any { string type_url = 1; bytes value = 2; }';

function seeds(): { files: Map<string, string>; names: string[] } {
  const files = new Map([
    ["google/protobuf/descriptor.proto", DESCRIPTOR],
    ["google/protobuf/any.proto", ANY],
    ["google/protobuf/empty.proto", 'syntax = "proto3"; package google.protobuf; message Empty {}'],
  ]);
  const names: string[] = [];
  for (const directory of ["corpus", "invalid", "editions", "editions-invalid"].map(folder)) {
    for (const name of protoFiles(directory)) {
      files.set(name, readFileSync(`${directory}/${name}`, "latin1"));
      names.push(name);
    }
  }
  return { files, names };
}

test(`${EDITS} random edits never crash the compiler or hold it up`, () => {
  const random = seededRandom(20261120);
  const { files, names } = seeds();
  let accepted = 0;
  for (let i = 0; i < EDITS; i++) {
    const name =
      random() < 0.2
        ? "options-schema.proto"
        : (names[Math.floor(random() * names.length)] as string);
    const text = Buffer.from(randomEdit(files.get(name) as string, random), "latin1");
    const start = performance.now();
    try {
      compile({
        // Files that import the edited one have to cope with it too.
        files: name === "options-schema.proto" ? [name, "options-used.proto"] : [name],
        includeDirs: [],
        readFile: (importName) => (importName === name ? text : files.get(importName)),
        sourceInfo: i % 2 === 0,
      });
      accepted++;
    } catch (error) {
      if (!(error instanceof CompileError)) {
        throw new Error(`edit ${i} of ${name} crashed:\n${text.toString("latin1")}`, {
          cause: error,
        });
      }
      assert.notEqual(error.diagnostics.length, 0);
    }
    const elapsedMs = performance.now() - start;
    assert.ok(elapsedMs < MAX_MS, `edit ${i} of ${name} took ${elapsedMs} ms`);
  }
  assert.ok(accepted > EDITS / 100, `only ${accepted} edits were valid`);
});
