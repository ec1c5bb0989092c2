import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { bundledProto } from "../../bundled/bundled-proto.ts";
import { optionProblem, type ReportProblem } from "../schema-error.ts";
import { isGlob, parseGlob } from "./glob.ts";

/** What to compile, as import names, and where imports are searched. */
export interface ProtoFiles {
  /** Import name to path, in the order given. */
  readonly files: ReadonlyMap<string, string>;
  /** Absolute, in the order of search: the user's, then those that follow from the files. */
  readonly includeDirs: readonly string[];
}

/**
 * Finds the files of the option `proto`: files, directories (searched in depth) and globs. The import
 * name of a file is its path below the first include dir that contains it, as with protoc. A
 * directory in `proto` is an include dir of its own; that of a file outside all of them is inferred.
 */
export function findProtoFiles(
  entries: readonly string[],
  includeDirs: readonly string[],
  report: ReportProblem,
): ProtoFiles {
  const given = includeDirs.map((dir, i) => {
    const path = resolve(dir);
    if (!isDirectory(path)) report(optionProblem(`includeDirs[${i}]`, notThere(dir, "directory")));
    return path;
  });
  const directories = [...given, ...entries.map((entry) => resolve(entry)).filter(isDirectory)];
  const roots = [...given];
  const files = new Map<string, string>();
  for (const [i, entry] of entries.entries()) {
    const { paths, root, base } = findEntry(entry, `proto[${i}]`, directories, report);
    if (root !== undefined && !given.some((dir) => contains(dir, root))) roots.push(root);
    for (const path of paths) {
      let dir = given.find((one) => contains(one, path)) ?? root;
      dir ??= roots.find((one) => contains(one, path));
      if (dir === undefined) {
        dir = inferRoot(path, roots, base ?? dirname(path));
        roots.push(dir);
      }
      files.set(relative(dir, path).split(sep).join("/"), path);
    }
  }
  for (const [name, path] of files) {
    const first = roots.map((root) => join(root, name)).find((candidate) => existsSync(candidate));
    if (first === undefined || first === path) continue;
    const message = `${display(path)} is shadowed by ${display(first)}: both are ${JSON.stringify(name)} to an import; reorder includeDirs, or leave one out`;
    report(optionProblem("proto", message));
  }
  return { files, includeDirs: [...new Set(roots)] };
}

/** A path for messages: relative to the working directory where it is below it. */
export function display(path: string): string {
  const isBelow = contains(process.cwd(), path);
  return (isBelow ? relative(process.cwd(), path) || "." : path).split(sep).join("/");
}

interface FoundEntry {
  readonly paths: readonly string[];
  /** The include dir that the entry brings along. */
  readonly root?: string;
  /** The include dir of files that do not say theirs. */
  readonly base?: string;
}

function findEntry(
  entry: string,
  option: string,
  includeDirs: readonly string[],
  report: ReportProblem,
): FoundEntry {
  const path = resolve(entry);
  if (isFile(path)) return { paths: [path] };
  if (isDirectory(path)) {
    const paths = walk(path, includeDirs);
    if (paths.length === 0) report(optionProblem(option, `no .proto file is in ${display(path)}`));
    return { paths, root: path };
  }
  if (!isGlob(entry)) {
    report(optionProblem(option, notThere(entry, "file, directory or glob")));
    return { paths: [] };
  }
  const glob = parseGlob(entry.split(sep).join("/"));
  const base = resolve(glob.base);
  const paths = isDirectory(base)
    ? walk(base, includeDirs).filter((file) =>
        glob.matches(relative(base, file).split(sep).join("/")),
      )
    : [];
  if (paths.length === 0) {
    report(
      optionProblem(option, `${JSON.stringify(entry)} matches no .proto file in ${display(base)}`),
    );
  }
  return { paths, base };
}

/**
 * The `.proto` files below a directory, sorted. Other include dirs below it are left out, since they
 * are there for imports; so are hidden directories and node_modules.
 */
function walk(root: string, includeDirs: readonly string[]): readonly string[] {
  const visited = new Set<string>();
  const found: string[] = [];
  const visit = (dir: string): void => {
    const real = realpathSync(dir);
    if (visited.has(real)) return;
    visited.add(real);
    for (const entry of readdirSync(dir).sort()) {
      const path = join(dir, entry);
      if (entry.endsWith(".proto")) {
        if (isFile(path)) found.push(path);
      } else if (!entry.startsWith(".") && entry !== "node_modules" && isDirectory(path)) {
        if (!includeDirs.includes(path)) visit(path);
      }
    }
  };
  visit(root);
  return found;
}

/**
 * The include dir of a file that is in none. Where its directories spell its package, they say it
 * (`library/v1` for `library.v1`); else the nearest directory at or above it does from which its
 * imports resolve.
 */
function inferRoot(path: string, includeDirs: readonly string[], fallback: string): string {
  const text = readFileSync(path, "utf8");
  const imports = importsOf(text).filter(
    (name) =>
      bundledProto(name) === undefined && !includeDirs.some((dir) => existsSync(join(dir, name))),
  );
  const resolvesFrom = (dir: string): boolean =>
    imports.every((name) => existsSync(join(dir, name)));
  const own = dirname(path);
  const packagePath = sep + packageOf(text).replaceAll(".", sep);
  if (packagePath !== sep && own.endsWith(packagePath)) {
    const root = own.slice(0, -packagePath.length) || sep;
    if (resolvesFrom(root)) return root;
  }
  if (imports.length === 0) return fallback;
  for (let dir = own, below = ""; dir !== below; below = dir, dir = dirname(dir)) {
    if (resolvesFrom(dir)) return dir;
  }
  return fallback;
}

/** Good enough to look around with: the compiler reads the imports that count. */
function importsOf(text: string): readonly string[] {
  const pattern = /^[ \t]*import\s+(?:(?:public|weak|option)\s+)?["']([^"'\n]+)["']/gm;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? "");
}

function packageOf(text: string): string {
  return /^[ \t]*package\s+([\w.]+)\s*;/m.exec(text)?.[1] ?? "";
}

function contains(dir: string, path: string): boolean {
  return path === dir || path.startsWith(dir.endsWith(sep) ? dir : dir + sep);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function notThere(path: string, what: string): string {
  return `${JSON.stringify(path)} is no ${what} (looked for ${resolve(path)})`;
}
