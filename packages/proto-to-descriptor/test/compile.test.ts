import assert from "node:assert/strict";
import { test } from "node:test";
import { createFileRegistry } from "@bufbuild/protobuf";
import type { FileDescriptorSet } from "@bufbuild/protobuf/wkt";
import { CompileError, compile } from "../src/index.ts";

function compileText(files: Record<string, string>, sourceInfo = false): FileDescriptorSet {
  return compile({
    files: Object.keys(files).slice(-1),
    includeDirs: ["/usr/include"],
    readFile: (name) => files[name],
    sourceInfo,
  });
}

test("compiles a file that exists in memory only", () => {
  const set = compile({
    files: ["a/library.proto"],
    includeDirs: [],
    readFile: (name) =>
      name === "a/library.proto"
        ? 'syntax = "proto3"; package a; message Book { string title_text = 1; }'
        : undefined,
  });
  const book = set.file[0]?.messageType[0];
  assert.equal(set.file[0]?.name, "a/library.proto");
  assert.equal(set.file[0]?.syntax, "proto3");
  assert.equal(book?.field[0]?.jsonName, "titleText");
  assert.ok(createFileRegistry(set).getMessage("a.Book"));
});

test("lists files in the order of their dependencies, each once", () => {
  const set = compileText({
    "base.proto": 'syntax = "proto3"; message Base {}',
    "left.proto": 'syntax = "proto3"; import "base.proto"; message Left { Base base = 1; }',
    "right.proto": 'syntax = "proto3"; import "base.proto"; message Right { Base base = 1; }',
    "top.proto":
      'syntax = "proto3"; import "left.proto"; import "right.proto"; message Top { Left l = 1; Right r = 2; }',
  });
  assert.deepEqual(
    set.file.map(({ name }) => name),
    ["base.proto", "left.proto", "right.proto", "top.proto"],
  );
});

test("reports every error of a run with file, line and column", () => {
  assert.throws(
    () =>
      compileText({
        "a.proto": 'syntax = "proto3";\nmessage A {\n  Strng name = 1;\n  Missing m = 2;\n}\n',
      }),
    (error) => {
      assert.ok(error instanceof CompileError);
      assert.deepEqual(
        error.diagnostics.map(({ file, line, column }) => `${file}:${line}:${column}`),
        ["a.proto:3:3", "a.proto:4:3"],
      );
      return true;
    },
  );
});
