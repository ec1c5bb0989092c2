import { isUtf8 } from "node:buffer";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { CompileError, compile } from "../../src/index.ts";
import { googleProtos } from "../google-protos.ts";
import { folder, protoFiles } from "../proto-folder.ts";
import { randomEdit, seededRandom } from "../random-edit.ts";
import { runProtoc, summarize } from "./tool.ts";

// Where we are stricter on purpose: later versions of protoc reject these too.
const STRICTER = /map_entry must not|end number must be greater|The JSON name "/;

/** Compares what protoc and we make of random edits: nothing that it rejects may be accepted. */
export function compareEdits(edits: number, seed: number): number {
  const random = seededRandom(seed);
  const differences: string[] = [];
  const workspace = mkdtempSync(join(tmpdir(), "edits-"));
  const seeds = ["corpus", "invalid"].flatMap((name) => {
    const directory = folder(name);
    // Valid files make up most of the seeds: few edits of an invalid one make it valid.
    const weight = name === "corpus" ? 40 : 1;
    const each = protoFiles(directory).map((file) => ({
      directory,
      text: readFileSync(`${directory}/${file}`, "latin1"),
    }));
    return Array.from({ length: weight }, () => each).flat();
  });
  let accepted = 0;
  for (let i = 0; i < edits; i++) {
    const { directory, text } = seeds[Math.floor(random() * seeds.length)] as (typeof seeds)[0];
    const bytes = Buffer.from(randomEdit(text, random), "latin1");
    writeFileSync(join(workspace, "edited.proto"), bytes);
    const includeDirs = [workspace, directory, googleProtos];
    const flags = ["--include_imports", "--include_source_info"];
    const { set, errors } = runProtoc(includeDirs, ["edited.proto"], flags);
    let ours: Uint8Array | undefined;
    let message = "";
    try {
      const compiled = compile({ files: ["edited.proto"], includeDirs, sourceInfo: true });
      ours = toBinary(FileDescriptorSetSchema, compiled);
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      message = error.message;
    }
    if (set !== undefined) accepted++;
    const note = (what: string): void => {
      differences.push(`edit ${i} of seed ${seed}: ${what}`);
    };
    if (ours !== undefined && set === undefined) note(`only we accept it: ${errors[0]}`);
    if (ours === undefined && set !== undefined && !STRICTER.test(message)) {
      note(`only protoc accepts it: ${message}`);
    }
    // A JavaScript string cannot hold the invalid UTF-8 that protoc copies.
    if (ours !== undefined && set !== undefined && isUtf8(bytes) && !set.equals(ours)) {
      note("the bytes differ");
    }
  }
  rmSync(workspace, { recursive: true });
  return summarize(`random edits, ${accepted} of them valid`, edits, differences);
}
