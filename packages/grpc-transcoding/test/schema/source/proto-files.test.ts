import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { findProtoFiles } from "../../../src/schema/source/proto-files.ts";
import { temporaryProtos } from "../temporary-protos.ts";

function find(root: string, proto: readonly string[], includeDirs: readonly string[] = []) {
  const problems: string[] = [];
  const found = findProtoFiles(
    proto.map((entry) => join(root, entry)),
    includeDirs.map((dir) => join(root, dir)),
    ({ message }) => problems.push(message.replaceAll(root, "")),
  );
  const files = Object.fromEntries(
    [...found.files].map(([name, path]) => [name, relative(root, path)]),
  );
  return { files, dirs: found.includeDirs.map((dir) => relative(root, dir)), problems };
}

const library = {
  "proto/library/v1/library.proto": 'package library.v1;\nimport "library/v1/book.proto";',
  "proto/library/v1/book.proto": 'package library.v1;\nimport "google/api/annotations.proto";',
};
const libraryFiles = {
  "library/v1/book.proto": "proto/library/v1/book.proto",
  "library/v1/library.proto": "proto/library/v1/library.proto",
};

test("a directory is searched in depth and is the root of its imports", (t) => {
  const root = temporaryProtos(t, {
    ...library,
    "proto/readme.txt": "",
    "proto/.cache/x.proto": "",
    "proto/node_modules/y.proto": "",
  });
  assert.deepEqual(find(root, ["proto"]), { files: libraryFiles, dirs: ["proto"], problems: [] });
});

test("the root of single files follows from their packages", (t) => {
  const root = temporaryProtos(t, library);
  const entries = ["proto/library/v1/book.proto", "proto/library/v1/library.proto"];
  assert.deepEqual(find(root, entries), { files: libraryFiles, dirs: ["proto"], problems: [] });
});

test("the root of files whose directories do not spell their package follows from their imports", (t) => {
  const root = temporaryProtos(t, {
    "api/shop/shop.proto": 'package acme.shop;\nimport "common/money.proto";',
    "api/common/money.proto": "package acme;",
    "api/shop/alone.proto": 'package x;\nimport "google/protobuf/any.proto";',
  });
  assert.deepEqual(find(root, ["api/shop/shop.proto"]).files, {
    "shop/shop.proto": "api/shop/shop.proto",
  });
  assert.deepEqual(find(root, ["api/shop/alone.proto"]).files, {
    "alone.proto": "api/shop/alone.proto",
  });
});

test("a glob takes the matching files only, with roots as of single files", (t) => {
  const root = temporaryProtos(t, library);
  assert.deepEqual(find(root, ["proto/**/*.proto"]).files, libraryFiles);
  assert.deepEqual(find(root, ["**/b*.proto"]), {
    files: { "library/v1/book.proto": "proto/library/v1/book.proto" },
    dirs: ["proto"],
    problems: [],
  });
});

test("include dirs decide names, the first that contains a file first", (t) => {
  const root = temporaryProtos(t, library);
  const { files, dirs } = find(root, ["proto/library"], ["proto", "."]);
  assert.deepEqual([files, dirs], [libraryFiles, ["proto", ""]]);
  assert.deepEqual(Object.keys(find(root, ["proto"], [".", "proto"]).files), [
    "proto/library/v1/book.proto",
    "proto/library/v1/library.proto",
  ]);
});

test("include dirs below a searched directory are left to imports", (t) => {
  const root = temporaryProtos(t, { ...library, "proto/vendor/google/x.proto": "package google;" });
  assert.deepEqual(find(root, ["proto"], ["proto/vendor"]), {
    files: libraryFiles,
    dirs: ["proto/vendor", "proto"],
    problems: [],
  });
});

test("a directory that holds another of the entries does not take its files", (t) => {
  const root = temporaryProtos(t, { ...library, "proto/more/m.proto": "package m;" });
  assert.deepEqual(find(root, ["proto", "proto/more"]), {
    files: { ...libraryFiles, "m.proto": "proto/more/m.proto" },
    dirs: ["proto", "proto/more"],
    problems: [],
  });
});

test("symbolic links are followed, and cycles of them end", (t) => {
  const root = temporaryProtos(t, { "real/a.proto": "package a;", "proto/b.proto": "package b;" });
  symlinkSync(join(root, "real"), join(root, "proto/linked"));
  symlinkSync(join(root, "proto"), join(root, "real/back"));
  symlinkSync(join(root, "gone.proto"), join(root, "proto/dangling.proto"));
  assert.deepEqual(Object.keys(find(root, ["proto"]).files), ["b.proto", "linked/a.proto"]);
});

test("says what is not there, each with its option", (t) => {
  const root = temporaryProtos(t, { "empty/readme.txt": "", "a.proto": "" });
  assert.deepEqual(find(root, ["gone", "empty", "empty/*.proto", "a.proto"], ["nodir"]).problems, [
    'includeDirs[0]: "/nodir" is no directory (looked for /nodir)',
    'proto[0]: "/gone" is no file, directory or glob (looked for /gone)',
    "proto[1]: no .proto file is in /empty",
    'proto[2]: "/empty/*.proto" matches no .proto file in /empty',
  ]);
});

test("reports a file that another hides from imports", (t) => {
  const root = temporaryProtos(t, { "a/x.proto": "package x;", "b/x.proto": "package x;" });
  assert.deepEqual(find(root, ["b/x.proto"], ["a", "b"]).problems, [
    'proto: /b/x.proto is shadowed by /a/x.proto: both are "x.proto" to an import; reorder includeDirs, or leave one out',
  ]);
});
