import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CompileError, compile } from "../src/index.ts";
import { googleProtos } from "./google-protos.ts";
import { folder, markedLines, protoFiles } from "./proto-folder.ts";

function errorLines(directory: string, name: string, extra: string[] = []): number[] {
  try {
    compile({ files: [name], includeDirs: [directory, ...extra, googleProtos] });
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    const lines = error.diagnostics.filter(({ file }) => file === name).map(({ line }) => line);
    return [...new Set(lines)];
  }
  return [];
}

// The lines are those of protoc 3.21.12; test/parity checks that they are.
describe("files that protoc rejects", () => {
  const directory = folder("invalid");
  for (const name of protoFiles(directory)) {
    test(`${name} is rejected on the marked lines`, () => {
      const marked = markedLines(directory, name);
      assert.deepEqual(errorLines(directory, name), marked);
      assert.notEqual(marked.length, 0);
    });
  }
});

describe("editions that buf rejects", () => {
  const directory = folder("editions-invalid");
  for (const name of protoFiles(directory)) {
    test(`${name} is rejected on the marked lines`, () => {
      assert.deepEqual(
        errorLines(directory, name, [folder("editions")]),
        markedLines(directory, name),
      );
    });
  }
});

describe("files that protoc 3.21 lets pass and later versions do not", () => {
  const directory = folder("stricter");
  for (const name of protoFiles(directory)) {
    test(`${name} is rejected on the marked lines`, () => {
      assert.deepEqual(errorLines(directory, name), markedLines(directory, name));
    });
  }
});
