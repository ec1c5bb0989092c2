import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { googleProtos } from "../google-protos.ts";
import { folder, markedLines, protoFiles } from "../proto-folder.ts";
import { runProtoc, summarize } from "./tool.ts";

/** Checks that the committed descriptors of the corpus are protoc's; `update` writes them. */
export function compareCorpus(update: boolean): number {
  const directory = folder("corpus");
  const names = protoFiles(directory);
  const differences: string[] = [];
  mkdirSync(`${directory}/expected`, { recursive: true });
  for (const name of names) {
    const { set, errors } = runProtoc([directory, googleProtos], [name], ["--include_source_info"]);
    const file = set && fromBinary(FileDescriptorSetSchema, set).file[0];
    if (file === undefined) {
      differences.push(`${name}: ${errors.join(" ")}`);
      continue;
    }
    const path = `${directory}/expected/${name}.binpb`;
    const bytes = toBinary(FileDescriptorProtoSchema, file);
    if (update) writeFileSync(path, bytes);
    else if (!readFileSync(path).equals(bytes)) differences.push(`${name}: fixture is stale`);
  }
  return summarize("fixtures of the corpus", names.length, differences);
}

/** Checks that protoc rejects each invalid file on the marked lines, as far as it names a line. */
export function compareInvalidFiles(): number {
  const directory = folder("invalid");
  const names = protoFiles(directory);
  const differences: string[] = [];
  let withoutLine = 0;
  for (const name of names) {
    const { set, errors } = runProtoc([directory, googleProtos], [name]);
    if (set !== undefined) {
      differences.push(`${name}: protoc accepts it`);
      continue;
    }
    const lines = errors.flatMap((error) => {
      const match = /^(.+?):(\d+):\d+: /.exec(error);
      return match?.[1] === name ? [Number(match[2])] : [];
    });
    if (lines.length === 0) {
      withoutLine++;
      continue;
    }
    const other = markedLines(directory, name).filter((line) => !lines.includes(line));
    if (other.length > 0) differences.push(`${name}: protoc says nothing about line ${other}`);
  }
  console.log(`note protoc names no line for ${withoutLine} of the invalid files, we do`);
  return summarize("invalid files, same lines", names.length, differences);
}
