import { readdirSync, readFileSync } from "node:fs";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { compile } from "../../src/index.ts";
import { googleProtos } from "../google-protos.ts";
import { runProtoc, summarize } from "./tool.ts";

const EDITION = /^edition\s*=/m;

/** Compares every proto2 and proto3 file of google-proto-files, with and without source info. */
export function compareGoogleApis(): number {
  const all = readdirSync(googleProtos, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".proto"))
    .map((name) => name.replaceAll("\\", "/"))
    .sort();
  const isEdition = (name: string): boolean =>
    EDITION.test(readFileSync(`${googleProtos}/${name}`, "utf8"));
  // The tests in google/protobuf define the same names in several files: one run for each.
  const alone = all.filter((name) => name.startsWith("google/protobuf/"));
  const together = all.filter((name) => !name.startsWith("google/protobuf/"));
  const groups = new Map<string, string[]>();
  for (const name of together) {
    const group = name.split("/").slice(0, 2).join("/");
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  let failures = 0;
  for (const [group, names] of groups) failures += compareFiles(group, names);
  const comparable = alone.filter((name) => !isEdition(name));
  const differences = comparable
    .flatMap((name) => compareWithProtoc([name]).differences)
    .filter((difference) => {
      // Options that came after 3.21 are known to us.
      if (!/only we accept it: .*Option "verification" unknown/.test(difference)) return true;
      console.log(`note ${difference}`);
      return false;
    });
  failures += summarize("google/protobuf, one by one", comparable.length * 2, differences);
  const editions = alone.length - comparable.length;
  console.log(`skip ${editions} files of editions, which protoc 3.21 cannot read`);
  return failures;
}

function compareFiles(group: string, names: readonly string[]): number {
  const { compared, differences } = compareWithProtoc(names);
  return summarize(group, compared, differences);
}

function compareWithProtoc(names: readonly string[]): { compared: number; differences: string[] } {
  const differences: string[] = [];
  let compared = 0;
  for (const sourceInfo of [false, true]) {
    const flags = ["--include_imports", ...(sourceInfo ? ["--include_source_info"] : [])];
    const { set, errors } = runProtoc([googleProtos], names, flags);
    let ours: ReturnType<typeof compile> | undefined;
    let message = "";
    try {
      ours = compile({ files: names, includeDirs: [googleProtos], sourceInfo });
    } catch (error) {
      message = String(error);
    }
    if (set === undefined || ours === undefined) {
      if (set !== undefined) differences.push(`${names[0]}: only protoc accepts it: ${message}`);
      if (ours !== undefined) differences.push(`${names[0]}: only we accept it: ${errors[0]}`);
      continue;
    }
    compared += ours.file.length;
    if (set.equals(toBinary(FileDescriptorSetSchema, ours))) continue;
    const theirs = new Map(
      fromBinary(FileDescriptorSetSchema, set).file.map((file) => [file.name, file]),
    );
    const bytes = (file: FileDescriptorProto): Buffer =>
      Buffer.from(toBinary(FileDescriptorProtoSchema, file));
    const changed = ours.file.filter((file) => {
      const other = theirs.get(file.name);
      return other === undefined || !bytes(other).equals(bytes(file));
    });
    const named = changed.length > 0 ? changed.map(({ name }) => name) : ["order of fields"];
    differences.push(...named.map((name) => `${name}${sourceInfo ? " (source info)" : ""}`));
  }
  return { compared, differences };
}
