import assert from "node:assert/strict";
import { test } from "node:test";
import type { SourceCodeInfo } from "@bufbuild/protobuf/wkt";
import { compile } from "../src/index.ts";

function sourceInfoOf(text: string, sourceInfo: boolean): SourceCodeInfo | undefined {
  const set = compile({ files: ["a.proto"], includeDirs: [], readFile: () => text, sourceInfo });
  return set.file[0]?.sourceCodeInfo;
}

const SOURCE = `syntax = "proto3";

// Detached.

// Leads the message.
message A {
\tstring a = 1; // Trails the field.
}
`;

test("there is none unless asked for", () => {
  assert.equal(sourceInfoOf(SOURCE, false), undefined);
});

test("locations have comments and spans, a tab stops at 8", () => {
  const locations = sourceInfoOf(SOURCE, true)?.location ?? [];
  const at = (...path: number[]): (typeof locations)[number] | undefined =>
    locations.find((location) => location.path.join() === path.join());
  assert.deepEqual(at(4, 0)?.leadingDetachedComments, [" Detached.\n"]);
  assert.equal(at(4, 0)?.leadingComments, " Leads the message.\n");
  assert.deepEqual(at(4, 0)?.span, [5, 0, 7, 1]);
  assert.equal(at(4, 0, 2, 0)?.trailingComments, " Trails the field.\n");
  assert.deepEqual(at(4, 0, 2, 0)?.span, [6, 8, 21]);
});

test("the location of an option has the number of the option", () => {
  const text = 'syntax = "proto3";\noption java_package = "a";\n';
  const paths = sourceInfoOf(text, true)?.location.map(({ path }) => path);
  assert.deepEqual(paths, [[], [12], [8], [8, 1]]);
});
