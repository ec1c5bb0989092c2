import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** What a tenant's API is read from. */
export interface FileTree {
  readonly directories: readonly string[];
  readonly files: readonly string[];
}

/** The directories and files below some paths, which need not exist; of directories, the `.proto` files at any depth. */
export async function findFiles(paths: readonly string[]): Promise<FileTree> {
  const directories = new Set<string>();
  const files = new Set<string>();
  const visit = async (directory: string): Promise<void> => {
    if (directories.has(directory)) return;
    directories.add(directory);
    const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = join(directory, entry.name);
      if (entry.name.endsWith(".proto")) files.add(path);
      // As those are found that are compiled.
      else if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      else if (entry.isDirectory()) await visit(path);
      else if (entry.isSymbolicLink() && (await kindOf(path)) === "directory") await visit(path);
    }
  };
  for (const path of paths) {
    const kind = await kindOf(path);
    if (kind === "directory") {
      await visit(path);
      continue;
    }
    if (kind === "file") files.add(path);
    // A file may import what is beside it; a glob finds what is below.
    const parent = globBase(path);
    if (path.endsWith(".proto") || kind === undefined) await visit(parent);
    else directories.add(parent);
  }
  return { directories: [...directories].sort(), files: [...files].sort() };
}

/** Equal for equal contents under equal names. */
export async function contentSignature(paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of (await findFiles(paths)).files) {
    hash.update(`${file}\0`);
    hash.update(await readFile(file).catch(() => ""));
    hash.update("\0");
  }
  return hash.digest("hex");
}

/** Another one, most likely, after any change; cheaper than the contents. */
export async function statSignature({ files, directories }: FileTree): Promise<string> {
  const parts = await Promise.all(
    [...files, ...directories].map((path) =>
      stat(path, { bigint: true }).then(
        ({ ino, size, mtimeNs }) => `${path} ${ino} ${size} ${mtimeNs}`,
        () => `${path} -`,
      ),
    ),
  );
  return parts.join("\n");
}

async function kindOf(path: string): Promise<"directory" | "file" | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  return found.isDirectory() ? "directory" : "file";
}

/** The directory above the first part with a wildcard, or above the file. */
function globBase(path: string): string {
  let base = path;
  do base = dirname(base);
  while (/[*?[{]/.test(base));
  return base;
}
