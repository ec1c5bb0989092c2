import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { normalizedFile } from "../descriptor-comparison.ts";
import { folder, protoFiles } from "../proto-folder.ts";
import { BUF, summarize } from "./tool.ts";

// buf does not check these two, protoc does.
const NOT_CHECKED_BY_BUF = new Set([
  "declared-extension-missing.proto",
  "implicit-with-default.proto",
]);

function buf(...args: string[]): { status: number | null; stderr: string } {
  return spawnSync("npx", ["-y", "-p", BUF, "buf", ...args], { encoding: "utf8" });
}

/** Compares the descriptors of the editions with those of `buf build`; `update` writes them. */
export function compareEditions(update: boolean): number {
  if (buf("--version").status !== 0) {
    console.log(`skip editions: npx cannot run ${BUF}`);
    return 0;
  }
  const directory = folder("editions");
  const workspace = mkdtempSync(join(tmpdir(), "editions-"));
  const output = join(workspace, "set.binpb");
  const args = ["--as-file-descriptor-set", "--exclude-source-info", "-o", output];
  const { status, stderr } = buf("build", directory, ...args);
  const differences: string[] = status === 0 ? [] : [stderr];
  const names = protoFiles(directory);
  mkdirSync(`${directory}/expected`, { recursive: true });
  const files = status === 0 ? fromBinary(FileDescriptorSetSchema, readFileSync(output)).file : [];
  for (const file of files.filter(({ name }) => names.includes(name))) {
    const path = `${directory}/expected/${file.name}.binpb`;
    const bytes = toBinary(FileDescriptorProtoSchema, file);
    if (update) writeFileSync(path, bytes);
    else if (!isDeepStrictEqual(normalizedFile(readFileSync(path)), normalizedFile(bytes))) {
      differences.push(`${file.name}: fixture is stale`);
    }
  }
  rmSync(workspace, { recursive: true });
  return summarize("fixtures of the editions", names.length, differences) + compareInvalid();
}

function compareInvalid(): number {
  const directory = folder("editions-invalid");
  const names = protoFiles(directory).filter((name) => !NOT_CHECKED_BY_BUF.has(name));
  const differences: string[] = [];
  for (const name of names) {
    const workspace = mkdtempSync(join(tmpdir(), "editions-"));
    cpSync(folder("editions"), workspace, { recursive: true });
    cpSync(`${directory}/${name}`, join(workspace, name));
    const { status, stderr } = buf(
      "build",
      workspace,
      "-o",
      "/dev/null",
      "--path",
      join(workspace, name),
    );
    const lines = [...stderr.matchAll(/:(\d+):\d+:/g)].map((match) => Number(match[1]));
    const marked =
      readFileSync(join(workspace, name), "utf8")
        .split("\n")
        .findIndex((line) => line.endsWith("//!")) + 1;
    if (status === 0) differences.push(`${name}: buf accepts it`);
    else if (!lines.includes(marked)) differences.push(`${name}: buf reports ${stderr.trim()}`);
    rmSync(workspace, { recursive: true });
  }
  return summarize("invalid editions, same lines", names.length, differences);
}
