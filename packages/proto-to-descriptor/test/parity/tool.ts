import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The protoc whose bytes are the measure. */
export const PROTOC_VERSION = "libprotoc 3.21.12";
export const BUF = "@bufbuild/buf@1.75.0";

/** Undefined if protoc is there in the right version, else why a check has to be skipped. */
export function protocMissing(): string | undefined {
  const { stdout } = spawnSync("protoc", ["--version"], { encoding: "utf8" });
  if (stdout?.trim() === PROTOC_VERSION) return undefined;
  return `needs ${PROTOC_VERSION} on the PATH, found ${stdout?.trim() || "none"}`;
}

export interface ProtocResult {
  /** The descriptor set, or undefined if protoc rejected a file. */
  readonly set: Buffer | undefined;
  /** What protoc said, without its warnings. */
  readonly errors: string[];
}

/** Runs protoc over files; the flags say what the set has beside the files themselves. */
export function runProtoc(
  includeDirs: readonly string[],
  files: readonly string[],
  flags: readonly string[] = [],
): ProtocResult {
  const directory = mkdtempSync(join(tmpdir(), "parity-"));
  try {
    const output = join(directory, "set.binpb");
    const includes = includeDirs.map((dir) => `-I${dir}`);
    const { stderr } = spawnSync(
      "protoc",
      [...includes, ...flags, `--descriptor_set_out=${output}`, ...files],
      { encoding: "latin1", maxBuffer: 2 ** 28 },
    );
    return {
      set: existsSync(output) ? readFileSync(output) : undefined,
      errors: stderr.split("\n").filter((line) => line !== "" && !/warning/i.test(line)),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Prints one line per check and counts what differs. */
export function summarize(check: string, compared: number, differences: readonly string[]): number {
  console.log(
    `${differences.length === 0 ? "ok  " : "FAIL"} ${check}: ${compared} descriptors or files compared`,
  );
  for (const difference of differences.slice(0, 20)) console.log(`     ${difference}`);
  if (differences.length > 20) console.log(`     … ${differences.length - 20} more`);
  return differences.length;
}
