import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";

/** A directory of files of a test. */
export interface Workspace {
  readonly dir: string;
  path(name: string): string;
  /** Writes a file as a whole: by renaming, as tools that deploy do. */
  write(name: string, text: string): void;
}

export function workspace(t: TestContext, files: Readonly<Record<string, string>> = {}): Workspace {
  const dir = mkdtempSync(join(tmpdir(), "tenants-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const path = (name: string): string => join(dir, name);
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(`${name}.new`), text);
    renameSync(path(`${name}.new`), path(name));
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  return { dir, path, write };
}
