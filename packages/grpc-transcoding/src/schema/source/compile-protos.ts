import { existsSync } from "node:fs";
import { join } from "node:path";
import type { FileDescriptorProto } from "@bufbuild/protobuf/wkt";
import { CompileError, compile } from "proto-to-descriptor";
import { bundledProto } from "../../bundled/bundled-proto.ts";
import { SchemaError, type SchemaProblem, throwProblems } from "../schema-error.ts";
import { display, findProtoFiles } from "./proto-files.ts";

/** What `.proto` sources compile to. */
export interface CompiledProtos {
  /** With source info, in dependency order, imports included. */
  readonly files: readonly FileDescriptorProto[];
  /** The import names of the files that were asked for. */
  readonly named: ReadonlySet<string>;
  /** Import name to path, for files that are on disk. */
  readonly paths: ReadonlyMap<string, string>;
}

/**
 * Compiles the files that the option `proto` names. Imports come from the include dirs, then from
 * the bundled files. Throws a {@link SchemaError} with every error of the run.
 */
export function compileProtos(
  entries: readonly string[],
  userIncludeDirs: readonly string[],
): CompiledProtos {
  const problems: SchemaProblem[] = [];
  const found = findProtoFiles(entries, userIncludeDirs, (problem) => problems.push(problem));
  throwProblems(problems);

  const { includeDirs } = found;
  const names = [...found.files.keys()];
  const pathOf = (name: string): string | undefined => {
    const path = includeDirs.map((dir) => join(dir, name)).find((one) => existsSync(one));
    return path && display(path);
  };
  try {
    const set = compile({ files: names, includeDirs, readFile: bundledProto, sourceInfo: true });
    const paths = new Map<string, string>();
    for (const { name } of set.file) {
      const path = pathOf(name);
      if (path !== undefined) paths.set(name, path);
    }
    return { files: set.file, named: new Set(names), paths };
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    throw new SchemaError(
      error.diagnostics.map(({ file: name, line, column, message }) => {
        const file = pathOf(name) ?? name;
        const fix = isMissingImport(message) ? ` ${whereImportsAre(includeDirs)}` : "";
        const text = `${file}:${line}:${column}: ${message}${fix}`;
        return { location: { file, line, column }, message: text };
      }),
      { cause: error },
    );
  }
}

/** By the compiler's text: a diagnostic has no code. */
function isMissingImport(message: string): boolean {
  return /^Import ".*" was not found\.$/.test(message);
}

function whereImportsAre(includeDirs: readonly string[]): string {
  const searched = includeDirs.map(display).join(", ");
  return `Searched in ${searched} and the bundled files; add its directory to includeDirs.`;
}
