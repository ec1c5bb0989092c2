import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { compile } from "../src/index.ts";
import { normalizedFile } from "./descriptor-comparison.ts";
import { googleProtos } from "./google-protos.ts";
import { folder, protoFiles } from "./proto-folder.ts";

// The expected descriptors are protoc's and buf's own output: test/parity writes them.
describe("the bytes are those of protoc, with comments and positions", () => {
  const directory = folder("corpus");
  for (const name of protoFiles(directory)) {
    test(name, () => {
      const set = compile({
        files: [name],
        includeDirs: [directory, googleProtos],
        sourceInfo: true,
      });
      const file = set.file.find((candidate) => candidate.name === name);
      assert.ok(file);
      const expected = readFileSync(`${directory}/expected/${name}.binpb`);
      assert.deepEqual(Buffer.from(toBinary(FileDescriptorProtoSchema, file)), expected);
    });
  }
});

describe("the descriptors are those of buf build", () => {
  const directory = folder("editions");
  for (const name of protoFiles(directory)) {
    test(name, () => {
      const set = compile({ files: [name], includeDirs: [directory, googleProtos] });
      const file = set.file.find((candidate) => candidate.name === name);
      assert.ok(file);
      const expected = readFileSync(`${directory}/expected/${name}.binpb`);
      const actual = toBinary(FileDescriptorProtoSchema, file);
      assert.deepEqual(normalizedFile(actual), normalizedFile(expected));
    });
  }
});
