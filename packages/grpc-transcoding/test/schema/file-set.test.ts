import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { completeFileSet, type FileSet } from "../../src/schema/file-set.ts";

const file = (name: string, ...dependency: string[]): FileDescriptorProto =>
  create(FileDescriptorProtoSchema, { name, dependency, messageType: [{ name: `In_${name}` }] });

function complete(
  files: readonly FileDescriptorProto[],
  provided: readonly FileDescriptorProto[] = [],
) {
  const problems: string[] = [];
  const warnings: string[] = [];
  const set: FileSet = completeFileSet(files, {
    provide: (name) => provided.find((one) => one.name === name),
    onProblem: ({ message }) => problems.push(message),
    onWarning: ({ message }) => warnings.push(message),
  });
  return { set, names: set.files.map(({ name }) => name), problems, warnings };
}

test("puts every file after its imports, whatever order they come in", () => {
  const files = [file("a", "b", "c"), file("b", "d"), file("c", "d", "b"), file("d")];
  for (const input of [files, files.toReversed()]) {
    assert.deepEqual(complete(input).names, ["d", "b", "c", "a"]);
  }
});

test("takes a file once that is given twice, and warns when the two differ", () => {
  const same = complete([file("a", "b"), file("b"), file("a", "b")]);
  assert.deepEqual([same.names, same.warnings], [["b", "a"], []]);

  const differing = complete([file("b"), file("a", "b"), file("a")]);
  assert.deepEqual(differing.names, ["b", "a"]);
  assert.match(differing.warnings.join(), /a is in the set twice with different content/);
});

test("two copies of a file are the same when only their source info differs", () => {
  const withInfo = file("a");
  withInfo.sourceCodeInfo = create(FileDescriptorProtoSchema, {
    sourceCodeInfo: { location: [{ path: [4, 0], span: [1, 2, 3] }] },
  }).sourceCodeInfo;
  assert.deepEqual(complete([file("a"), withInfo]).warnings, []);
});

test("puts provided files, with their own imports, in the place of absent ones, and empty files for the rest", () => {
  const { set, names } = complete([file("a", "b", "gone")], [file("b", "c"), file("c")]);
  assert.deepEqual(names, ["c", "b", "gone", "a"]);
  assert.deepEqual([...set.missing], [["gone", ["a"]]]);
});

test("drops source info from a copy and leaves the input as it was", () => {
  const input = file("a");
  input.sourceCodeInfo = create(FileDescriptorProtoSchema, {
    sourceCodeInfo: { location: [] },
  }).sourceCodeInfo;
  const [output] = complete([input]).set.files;
  assert.equal(output?.sourceCodeInfo, undefined);
  assert.notEqual(input.sourceCodeInfo, undefined);
  // Identity is what comments are looked up by.
  assert.equal(output?.messageType[0], input.messageType[0]);
});

test("reports an import cycle with the files on it", () => {
  const { problems } = complete([file("x", "a"), file("a", "b"), file("b", "c"), file("c", "a")]);
  assert.deepEqual(problems, ["import cycle: a -> b -> c -> a"]);
  assert.deepEqual(complete([file("a", "a")]).problems, ["import cycle: a -> a"]);
});

test("orders a chain of 20,000 imports without running out of stack", () => {
  const chain = Array.from({ length: 20_000 }, (_, i) => file(`f${i}`, `f${i + 1}`));
  assert.equal(complete(chain).names.length, 20_001);
});
