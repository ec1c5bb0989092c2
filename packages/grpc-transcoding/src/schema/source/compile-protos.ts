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

  const pathOf = (name: string): string | undefined => {
    const path = found.includeDirs.map((dir) => join(dir, name)).find((one) => existsSync(one));
    return path && display(path);
  };
  try {
    const names = [...found.files.keys()];
    const { includeDirs } = found;
    const set = compile({ files: names, includeDirs, readFile: bundledProto, sourceInfo: true });
    const paths = set.file.flatMap(({ name }): [string, string][] => {
      const path = pathOf(name);
      return path === undefined ? [] : [[name, path]];
    });
    return { files: set.file, named: new Set(names), paths: new Map(paths) };
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    throw new SchemaError(
      error.diagnostics.map(({ file: name, line, column, message }) => {
        const file = pathOf(name) ?? name;
        return {
          location: { file, line, column },
          message: `${file}:${line}:${column}: ${message}`,
        };
      }),
      { cause: error },
    );
  }
}
