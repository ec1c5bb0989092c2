import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Api } from "./api.ts";

/** What `protoc --version` says; undefined if there is none, or no bash to measure it with. */
export function protocVersion(): string | undefined {
  const { status, stdout } = spawnSync("bash", ["-c", "protoc --version"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * CPU time of a whole run of protoc, in microseconds: Node does not tell that of its children, bash's
 * `times` does, to the millisecond.
 */
export function protocMicros(api: Api, directory: string, flags: readonly string[]): number {
  const { status, stdout, stderr } = spawnSync(
    "bash",
    [
      "-c",
      '"$@" && times',
      "bash",
      "protoc",
      `-I${api.includeDir}`,
      "--include_imports",
      `--descriptor_set_out=${join(directory, "protoc.binpb")}`,
      ...flags,
      ...api.files,
    ],
    { encoding: "utf8", env: { ...process.env, LC_ALL: "C" }, maxBuffer: 2 ** 26 },
  );
  // The first line is of bash itself, the second of its children.
  const [, user, system] = /\n(\S+) (\S+)\n$/.exec(stdout) ?? [];
  if (status !== 0 || user === undefined || system === undefined) {
    throw new Error(`protoc failed for ${api.name}: ${stderr.slice(-2000)}`);
  }
  return microsOf(user) + microsOf(system);
}

/** `1m2.345s` */
function microsOf(text: string): number {
  const [, minutes, seconds] = /^(\d+)m([\d.]+)s$/.exec(text) ?? [];
  return (Number(minutes) * 60 + Number(seconds)) * 1e6;
}
