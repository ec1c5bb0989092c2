import type { FileDescriptorSet } from "@bufbuild/protobuf/wkt";
import { bundledProto } from "grpc-transcoding";
import { compile } from "proto-to-descriptor";

/** Compiles sources given as import name to text, with source info; imports may be bundled files. */
export function compileProtos(sources: Readonly<Record<string, string>>): FileDescriptorSet {
  return compile({
    files: Object.keys(sources),
    includeDirs: [],
    readFile: (name) => sources[name] ?? bundledProto(name),
    sourceInfo: true,
  });
}

/** One proto3 file of package `test.v1` in which `Item` is a message and the annotations are imported. */
export function testFile(declarations: string): string {
  return `syntax = "proto3";
package test.v1;
import "google/api/annotations.proto";
import "fastify/grpc/v1/annotations.proto";
message Item { string name = 1; }
${declarations}`;
}
