import type { FileDescriptorProto } from "@bufbuild/protobuf/wkt";
import { compile } from "proto-to-descriptor";
import { bundledProto } from "./bundled-proto.ts";

const compiled = new Map<string, FileDescriptorProto>();

/** The descriptor of a bundled proto by its import name, compiled on first use. Do not change it. */
export function bundledFile(name: string): FileDescriptorProto | undefined {
  if (!compiled.has(name) && bundledProto(name) !== undefined) {
    const set = compile({ files: [name], includeDirs: [], readFile: bundledProto });
    for (const file of set.file) compiled.set(file.name, file);
  }
  return compiled.get(name);
}
