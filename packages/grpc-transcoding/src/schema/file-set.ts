import { create, equals } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import type { ReportProblem, SchemaProblem } from "./schema-error.ts";

/** Files as `createFileRegistry` takes them: each once, every import present and before its importer. */
export interface FileSet {
  /** Without source info: that is kept apart, and 70 % of the heap. */
  readonly files: readonly FileDescriptorProto[];
  /** Imports that nothing provides, with the files that import them; empty files stand in for them. */
  readonly missing: ReadonlyMap<string, readonly string[]>;
}

/** What {@link completeFileSet} needs beside the files. */
export interface FileSetOptions {
  /** Asked for an import that is not in the set. */
  readonly provide: (name: string) => FileDescriptorProto | undefined;
  readonly onProblem: ReportProblem;
  readonly onWarning: ReportProblem;
}

/** How many cycles are told of: files that all import each other have any number. */
const maxCycles = 20;

/**
 * Puts files into dependency order. A file given twice counts once: concatenated descriptor sets are
 * legal protobuf. Absent imports come from `provide`, else they become empty files: a set made
 * without `--include_imports` often lacks only files of options. An import cycle is a problem.
 */
export function completeFileSet(
  input: Iterable<FileDescriptorProto>,
  options: FileSetOptions,
): FileSet {
  const byName = firstOfEachName(input, options.onWarning);
  const files: FileDescriptorProto[] = [];
  const missing = new Map<string, string[]>();
  const state = new Map<string, "open" | "done">();
  let cycles = 0;

  const open = (file: FileDescriptorProto): Visit => {
    state.set(file.name, "open");
    return { file, next: 0 };
  };
  const find = (name: string, importer: string): FileDescriptorProto => {
    let file = byName.get(name);
    if (file === undefined) {
      file = options.provide(name) ?? create(FileDescriptorProtoSchema, { name });
      byName.set(name, file);
      if (isEmpty(file)) missing.set(name, []);
    }
    missing.get(name)?.push(importer);
    return file;
  };

  // Depth first on a stack of its own: the input decides how deep imports go.
  for (const root of [...byName.values()]) {
    const stack = state.has(root.name) ? [] : [open(root)];
    for (let visit = stack.at(-1); visit !== undefined; visit = stack.at(-1)) {
      const name = visit.file.dependency[visit.next++];
      if (name === undefined) {
        stack.pop();
        state.set(visit.file.name, "done");
        files.push(withoutSourceInfo(visit.file));
        continue;
      }
      const imported = find(name, visit.file.name);
      if (!state.has(name)) stack.push(open(imported));
      else if (state.get(name) === "open" && cycles++ < maxCycles) {
        options.onProblem(importCycle(stack, name));
      }
    }
  }
  return { files, missing };
}

interface Visit {
  readonly file: FileDescriptorProto;
  /** Index of the import to look at next. */
  next: number;
}

function firstOfEachName(
  input: Iterable<FileDescriptorProto>,
  onWarning: ReportProblem,
): Map<string, FileDescriptorProto> {
  const byName = new Map<string, FileDescriptorProto>();
  for (const file of input) {
    const first = byName.get(file.name);
    if (first === undefined) {
      byName.set(file.name, file);
    } else if (first !== file && !sameDeclarations(first, file)) {
      onWarning({
        message: `${file.name} is in the set twice with different content; the first is used`,
      });
    }
  }
  return byName;
}

function sameDeclarations(a: FileDescriptorProto, b: FileDescriptorProto): boolean {
  return equals(FileDescriptorProtoSchema, withoutSourceInfo(a), withoutSourceInfo(b));
}

/** A shallow copy: the input belongs to the caller. The prototype carries proto2 defaults in protobuf-es. */
function withoutSourceInfo(file: FileDescriptorProto): FileDescriptorProto {
  if (file.sourceCodeInfo === undefined) return file;
  const copy: FileDescriptorProto = Object.assign(
    Object.create(Object.getPrototypeOf(file)) as FileDescriptorProto,
    file,
  );
  delete copy.sourceCodeInfo;
  return copy;
}

function isEmpty(file: FileDescriptorProto): boolean {
  return equals(
    FileDescriptorProtoSchema,
    file,
    create(FileDescriptorProtoSchema, { name: file.name }),
  );
}

function importCycle(stack: readonly Visit[], name: string): SchemaProblem {
  const names = stack.map((visit) => visit.file.name);
  const cycle = names.slice(names.indexOf(name));
  const rest = cycle.length - 20;
  if (rest > 0) cycle.splice(20, rest, `${rest} more`);
  return { message: `import cycle: ${[...cycle, name].join(" -> ")}` };
}
