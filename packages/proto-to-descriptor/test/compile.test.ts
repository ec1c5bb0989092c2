import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { createFileRegistry, toBinary } from "@bufbuild/protobuf";
import { type FileDescriptorSet, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { CompileError, compile } from "../src/index.ts";

/** Compiles the last of some files that exist in memory only. */
function compileText(files: Record<string, string>, sourceInfo = false): FileDescriptorSet {
  const entry = Object.keys(files).slice(-1);
  return compile({ files: entry, includeDirs: [], readFile: (name) => files[name], sourceInfo });
}

/** The lines of the error's message. */
function errorsOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof CompileError, String(error));
    return error.message.split("\n");
  }
  return [];
}

function writeFiles(t: TestContext, files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), "proto-"));
  t.after(() => rmSync(root, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

test("compiles a file that exists in memory only", () => {
  const set = compileText({
    "a/library.proto": 'syntax = "proto3"; package a; message Book { string title_text = 1; }',
  });
  assert.equal(set.file[0]?.name, "a/library.proto");
  assert.equal(set.file[0]?.syntax, "proto3");
  assert.equal(set.file[0]?.messageType[0]?.field[0]?.jsonName, "titleText");
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

test("makes messages that protobuf-es takes for its own", () => {
  const set = compileText({
    "a.proto":
      'syntax = "proto2"; message A { optional int32 a = 1 [default = 0, packed = false]; }',
  });
  const field = set.file[0]?.messageType[0]?.field[0];
  assert.ok(field);
  assert.equal(Object.hasOwn(field, "defaultValue"), true);
  assert.equal(Object.hasOwn(field, "oneofIndex"), false);
  assert.equal(field.oneofIndex, 0);
  assert.equal(field.options?.packed, false);
  assert.ok(toBinary(FileDescriptorSetSchema, set).length > 0);
});

describe("files are found", () => {
  const message = (name: string): string => `syntax = "proto3"; message ${name} {}`;
  const names = (set: FileDescriptorSet): (string | undefined)[] =>
    set.file.map((file) => file.messageType[0]?.name);

  test("in the first include directory that has them", (t) => {
    const first = writeFiles(t, { "a.proto": message("First") });
    const second = writeFiles(t, { "a.proto": message("Second"), "b.proto": message("B") });
    const set = compile({ files: ["a.proto", "b.proto"], includeDirs: [first, second] });
    assert.deepEqual(names(set), ["First", "B"]);
  });

  test("by readFile if no include directory has them", (t) => {
    const root = writeFiles(t, { "a.proto": message("Disk") });
    const readFile = (name: string): string => message(name === "a.proto" ? "Never" : "Memory");
    const set = compile({ files: ["a.proto", "b.proto"], includeDirs: [root], readFile });
    assert.deepEqual(names(set), ["Disk", "Memory"]);
  });

  test("by an absolute path inside an include directory", (t) => {
    const root = writeFiles(t, { "deep/a.proto": message("A") });
    const set = compile({ files: [join(root, "deep/a.proto")], includeDirs: [root] });
    assert.equal(set.file[0]?.name, "deep/a.proto");
  });

  test("but never outside of the include directories", (t) => {
    const root = writeFiles(t, { "inside/b.proto": message("B"), "secret.proto": message("S") });
    const readFile = (): string =>
      'syntax = "proto3"; import "../secret.proto"; import "/etc/hostname";';
    const errors = errorsOf(() =>
      compile({
        files: ["a.proto"],
        includeDirs: [join(root, "inside")],
        readFile: (name) => (name === "a.proto" ? readFile() : undefined),
      }),
    );
    assert.deepEqual(errors, [
      'a.proto:1:20: Import "../secret.proto" was not found: backslashes, empty parts, "." and ".." are not allowed in it.',
      'a.proto:1:46: Import "/etc/hostname" was not found: backslashes, empty parts, "." and ".." are not allowed in it.',
    ]);
  });

  test("or reported, with the path that was asked for", () => {
    const errors = errorsOf(() => compile({ files: ["none/a.proto"], includeDirs: ["nowhere"] }));
    assert.deepEqual(errors, [
      'none/a.proto:1:1: File "none/a.proto" was not found in the include directories.',
    ]);
  });

  test("and read as bytes, whatever their encoding of line ends", () => {
    const text = Buffer.from('\ufeffsyntax = "proto3";\r\nmessage A {}\r\n', "utf8");
    const set = compile({ files: ["a.proto"], includeDirs: [], readFile: () => text });
    assert.deepEqual(names(set), ["A"]);
  });
});

describe("errors", () => {
  test("of all files are collected, in reading order", () => {
    const errors = errorsOf(() =>
      compile({
        files: ["a.proto", "b.proto"],
        includeDirs: [],
        readFile: (name) =>
          name === "a.proto"
            ? 'syntax = "proto3";\nmessage A {\n  Missing x = 1;\n  string y = 0;\n}\n'
            : 'syntax = "proto3";\nmessage B { string x = 1 }\n',
      }),
    );
    assert.deepEqual(
      errors.map((line) => line.split(": ")[0]),
      ["b.proto:2:26", "a.proto:3:3", "a.proto:4:14"],
    );
  });

  test("suggest the name that was probably meant", () => {
    const source = (field: string): Record<string, string> => ({
      "a.proto": `syntax = "proto3"; package p; message Library {} message A { ${field} }`,
    });
    const cases = [
      ["Libary l = 1;", 'Did you mean "Library"?'],
      ["strng s = 1 [deprecatd = true];", '"strng" is not defined.'],
      ["string s = 1 [deprecatd = true];", 'Did you mean "deprecated"?'],
      ["string s = 1 [jstype = JS_STRIN];", 'Did you mean "JS_STRING"?'],
    ] as const;
    for (const [field, expected] of cases) {
      const [error] = errorsOf(() => compileText(source(field)));
      assert.ok(error?.endsWith(expected), error);
    }
  });

  test("say which import is missing", () => {
    const [error] = errorsOf(() =>
      compileText({
        "c.proto": 'syntax = "proto3"; package c; message C {}',
        "b.proto": 'syntax = "proto3"; import "c.proto"; message B { c.C c = 1; }',
        "a.proto": 'syntax = "proto3"; import "b.proto"; message A { c.C c = 1; }',
      }),
    );
    assert.equal(
      error,
      'a.proto:1:50: "c.C" seems to be defined in "c.proto", which is not imported by "a.proto". To use it here, add: import "c.proto";',
    );
  });

  test("inside an option value name their own line", () => {
    const [error] = errorsOf(() =>
      compileText({
        "google/protobuf/descriptor.proto":
          'syntax = "proto2"; package google.protobuf; message FileOptions { extensions 1000 to max; }',
        "a.proto":
          'syntax = "proto2";\nimport "google/protobuf/descriptor.proto";\nmessage O { optional int32 number = 1; }\nextend google.protobuf.FileOptions { optional O o = 1000; }\noption (o) = {\n  # a comment\n  nmber: 1\n};\n',
      }),
    );
    assert.equal(
      error,
      'a.proto:7:3: Message type "O" has no field named "nmber". Did you mean "number"?',
    );
  });

  test("of an import are reported once, and what needs it is not compiled", () => {
    const errors = errorsOf(() =>
      compileText({
        "broken.proto": 'syntax = "proto3"; message Broken {',
        "a.proto": 'syntax = "proto3"; import "broken.proto"; message A { Nothing n = 1; }',
      }),
    );
    assert.equal(errors.length, 1);
    assert.match(errors[0] as string, /^broken\.proto:1:36: Expected "}" at the end/);
  });
});

test("options that use an import with errors are left alone", () => {
  const errors = errorsOf(() =>
    compileText({
      "google/protobuf/descriptor.proto":
        'syntax = "proto2"; package google.protobuf; message FileOptions { extensions 1000 to max; }',
      "o.proto":
        'syntax = "proto2"; import "google/protobuf/descriptor.proto"; message O { map<string, O> items = 1; enum ItemsEntry { Z = 0; } } extend google.protobuf.FileOptions { optional O o = 1000; }',
      "a.proto": 'syntax = "proto2"; import "o.proto"; option (o).items = { key: "x" };',
    }),
  );
  assert.deepEqual(new Set(errors.map((line) => line.split(":")[0])), new Set(["o.proto"]));
});

describe("untrusted input is bounded", () => {
  const compileOne = (text: string): string[] => errorsOf(() => compileText({ "a.proto": text }));

  test("in the depth of messages", () => {
    const errors = compileOne(`syntax = "proto3"; ${"message A {".repeat(10_000)}`);
    assert.match(errors.join("\n"), /Nested too deep/);
  });

  test("in the depth of option values", () => {
    const any =
      'syntax = "proto2"; package google.protobuf; message FileOptions { extensions 1000 to max; }';
    const errors = errorsOf(() =>
      compileText({
        "google/protobuf/descriptor.proto": any,
        "a.proto": `syntax = "proto2"; import "google/protobuf/descriptor.proto"; message O { optional O o = 1; } extend google.protobuf.FileOptions { optional O o = 1000; } option (o) = { ${"o {".repeat(10_000)}${"}".repeat(10_000)} };`,
      }),
    );
    assert.match(errors.join("\n"), /Nested too deep: at most 100 levels/);
  });

  test("in the size of a file", () => {
    const errors = errorsOf(() =>
      compile({
        files: ["a.proto"],
        includeDirs: [],
        readFile: () => new Uint8Array(64 * 1024 * 1024 + 1),
      }),
    );
    assert.match(errors.join("\n"), /^a\.proto:1:1: The file cannot be read: it is larger than/);
  });

  test("in the length of an import chain", () => {
    const errors = errorsOf(() =>
      compile({
        files: ["0.proto"],
        includeDirs: [],
        readFile: (name) => `syntax = "proto3"; import "${Number.parseInt(name, 10) + 1}.proto";`,
      }),
    );
    assert.match(errors.join("\n"), /imports are nested too deep/i);
  });

  test("in the number of errors", () => {
    const errors = compileOne(`syntax = "proto3"; ${"x; ".repeat(100_000)}`);
    assert.ok(errors.length <= 1_001);
    assert.match(errors.at(-1) as string, /too many errors/i);
  });
});
