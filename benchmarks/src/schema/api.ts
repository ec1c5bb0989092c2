import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { compile } from "proto-to-descriptor";

/** The include directory of Google's APIs. */
const includeDir = dirname(
  createRequire(import.meta.url).resolve("google-proto-files/package.json"),
);

/** All protos below a folder, as source and as descriptor sets. */
export interface Api {
  /** The folder, relative to the include directory. */
  readonly name: string;
  readonly includeDir: string;
  /** Import names, without what only is imported. */
  readonly files: readonly string[];
  readonly sourceBytes: number;
  /** How many files the descriptor sets have: imports included. */
  readonly compiledFiles: number;
  /** Paths of `FileDescriptorSet`s. */
  readonly descriptorSet: string;
  readonly descriptorSetWithSourceInfo: string;
}

/** The largest APIs of the package google-proto-files, and two of usual size. */
export function apiNames(): string[] {
  const ads = "google/ads/googleads";
  const versions = readdirSync(join(includeDir, ads)).filter((name) => /^v\d+$/.test(name));
  const newest = Math.max(...versions.map((name) => Number(name.slice(1))));
  return [
    "google/cloud",
    `${ads}/v${newest}`,
    "google/cloud/compute/v1",
    "google/firestore",
    "google/pubsub",
  ];
}

/** Finds the files of an API, and writes its descriptor sets into a directory. */
export function prepareApi(name: string, directory: string): Api {
  const files = readdirSync(join(includeDir, name), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".proto"))
    .map((file) => `${name}/${file.replaceAll("\\", "/")}`)
    .sort();
  const sourceBytes = files.reduce((sum, file) => sum + statSync(join(includeDir, file)).size, 0);
  const folder = join(directory, name.replaceAll("/", "."));
  mkdirSync(folder);
  const descriptorSet = join(folder, "plain.binpb");
  const descriptorSetWithSourceInfo = join(folder, "source-info.binpb");
  const set = compile({ files, includeDirs: [includeDir], sourceInfo: true });
  writeFileSync(descriptorSetWithSourceInfo, toBinary(FileDescriptorSetSchema, set));
  for (const file of set.file) delete file.sourceCodeInfo;
  writeFileSync(descriptorSet, toBinary(FileDescriptorSetSchema, set));
  return {
    name,
    includeDir,
    files,
    sourceBytes,
    compiledFiles: set.file.length,
    descriptorSet,
    descriptorSetWithSourceInfo,
  };
}
