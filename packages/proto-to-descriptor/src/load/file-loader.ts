import { readFileSync, statSync } from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { createSourceFile, type SourceFile } from "../text/source-file.ts";

/** Largest file that is read; protoc's own limit for a message is 2 GiB, its largest real file 5 MiB. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** Finds files by import name. */
export interface FileLoader {
  /** Undefined if there is no such file; an error says why a file that is there cannot be read. */
  load(importName: string): SourceFile | undefined;
  /** The import name of a path, if that is a file inside an include directory. */
  importNameOf(path: string): string | undefined;
}

export type ReadFile = (importName: string) => string | Uint8Array | undefined;

/** Looks into the include directories first, then asks `readFile`. */
export function createFileLoader(
  includeDirs: readonly string[],
  readFile: ReadFile | undefined,
): FileLoader {
  const roots = includeDirs.map((dir) => resolve(dir));
  return {
    load(importName) {
      if (!isImportName(importName)) return undefined;
      const content = readFromDisk(roots, importName) ?? readFile?.(importName);
      if (content === undefined) return undefined;
      if (content.length > MAX_FILE_BYTES) {
        throw new RangeError(`it is larger than ${MAX_FILE_BYTES} bytes.`);
      }
      return createSourceFile(importName, content);
    },
    importNameOf(path) {
      const absolute = resolve(path);
      if (!isFile(absolute)) return undefined;
      for (const root of roots) {
        const name = relative(root, absolute);
        if (name !== "" && !name.startsWith("..") && !isAbsolute(name)) return toImportName(name);
      }
      return undefined;
    },
  };
}

/** A path with the slashes of import names, and without dots at its start. */
export function toImportName(path: string): string {
  return (sep === "/" ? path : path.split(sep).join("/")).replace(/^(\.\/)+/, "");
}

/**
 * As in protoc, an import name has slashes only, and no part of it is empty, `.` or `..`: so every
 * file has one name, and no import leaves the include directories.
 */
export function isImportName(name: string): boolean {
  return !name.includes("\\") && name.split("/").every((part) => !/^\.{0,2}$/.test(part));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function readFromDisk(roots: readonly string[], importName: string): Uint8Array | undefined {
  for (const root of roots) {
    const path = `${root}/${importName}`;
    try {
      return readFileSync(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT" && code !== "ENOTDIR" && code !== "EISDIR") throw error;
    }
  }
  return undefined;
}
