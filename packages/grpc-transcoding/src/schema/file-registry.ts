import { create, createFileRegistry, type FileRegistry } from "@bufbuild/protobuf";
import {
  type FieldDescriptorProto,
  type FileDescriptorProto,
  FileDescriptorSetSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from "@bufbuild/protobuf/wkt";
import { enumsOf, fieldsByName, messagesOf, qualifiedName } from "./file-declarations.ts";
import type { FileSet } from "./file-set.ts";
import {
  declarationProblem,
  orSchemaError,
  type SchemaProblem,
  throwProblems,
} from "./schema-error.ts";

/**
 * The registry of a complete file set. Throws a {@link SchemaError} that names each type that is
 * referenced but nowhere declared, with the missing imports that may declare it, and each reference to
 * a type of another kind.
 */
export function buildRegistry(set: FileSet): FileRegistry {
  throwProblems(wrongReferences(set));
  return orSchemaError(() => {
    const registry = ofAll(set);
    readDefaults(registry);
    return registry;
  });
}

/** {@link buildRegistry} of a set that was found to be sound, in steps, between which others may have their turn. */
export function* checkedRegistry(set: FileSet): Generator<void, FileRegistry> {
  if (expansionsOf(set) > maxExpansions) return ofAll(set);
  try {
    return yield* ofEach(set);
  } catch {
    // Some sets refer to types of files that they do not import.
    return ofAll(set);
  }
}

function ofAll({ files }: FileSet): FileRegistry {
  return createFileRegistry(create(FileDescriptorSetSchema, { file: [...files] }));
}

/** protobuf-es adds all that a file reaches, by every path to it, where files come one by one: as many additions are cheap. */
const maxExpansions = 20_000;

/** How many files are added when they come one by one. */
function expansionsOf({ files }: FileSet): number {
  const reached = new Map<string, number>();
  let sum = 0;
  for (const { name, dependency } of files) {
    const own = dependency.reduce((count, one) => count + (reached.get(one) ?? 0), 1);
    reached.set(name, own);
    sum += own;
  }
  return sum;
}

/** One file after the other; they come in the order of their dependencies. */
function* ofEach({ files }: FileSet): Generator<void, FileRegistry> {
  const parts = new Map<string, FileRegistry>();
  for (const file of files) {
    parts.set(
      file.name,
      createFileRegistry(file, (name) => parts.get(name)?.getFile(name)),
    );
    yield;
  }
  return createFileRegistry(...parts.values());
}

/** protobuf-es reads the text of a default when it is asked for it; a wrong one is to fail now. */
function readDefaults(registry: FileRegistry): void {
  for (const type of registry) {
    const fields = type.kind === "message" ? type.fields : type.kind === "extension" ? [type] : [];
    for (const field of fields) if ("getDefaultValue" in field) field.getDefaultValue?.();
  }
}

type TypeKind = "message" | "enum" | "map entry";

interface Declared {
  readonly kind: TypeKind;
  readonly file: string;
  /** Of its file in the set: importers come behind what they import. */
  readonly order: number;
}

/** A type by its full name with a leading dot, as descriptors spell it, and the kinds that fit. */
interface Reference {
  readonly from: string;
  readonly name: string;
  readonly kinds: readonly TypeKind[];
}

function wrongReferences(set: FileSet): SchemaProblem[] {
  const declared = new Map<string, Declared>();
  for (const [order, file] of set.files.entries()) {
    for (const [name, kind] of kindsOf(file)) declared.set(name, { kind, file: file.name, order });
  }
  return set.files.flatMap((file, order) => {
    const absent = new Set<string>();
    const problems: SchemaProblem[] = [];
    for (const { from, name, kinds } of referencesOf(file)) {
      const found = declared.get(name) ?? declared.get(`.${name}`);
      if (found === undefined && name !== "") absent.add(name);
      else if (found === undefined || found.order > order || !kinds.includes(found.kind)) {
        const what = whatIsWrong(found, order, kinds);
        const text = `refers to ${name || "no type"}${what}`;
        problems.push(declarationProblem(`${file.name}: ${from}`, undefined, text));
      }
    }
    if (absent.size > 0) problems.push(absentTypes(file, absent, set));
    return problems;
  });
}

function whatIsWrong(
  found: Declared | undefined,
  order: number,
  kinds: readonly TypeKind[],
): string {
  if (found === undefined) return `, where the name of a type of the kind ${kinds[0]} must be`;
  return found.order > order
    ? `, but its file does not import ${found.file}, which declares it`
    : `, which is of the kind ${found.kind}, where one of the kind ${kinds[0]} must be`;
}

function absentTypes(
  file: FileDescriptorProto,
  absent: ReadonlySet<string>,
  set: FileSet,
): SchemaProblem {
  const imports = file.dependency.filter((name) => set.missing.has(name));
  const from = imports.length === 0 ? "" : `; missing is its import ${imports.join(", ")}`;
  const names = [...absent].map((name) => name.replace(/^\./, "")).join(", ");
  const what = `no file of the set declares ${names}${from}; make descriptor sets with protoc --include_imports, or by buf build`;
  return declarationProblem(file.name, undefined, what);
}

function* kindsOf(file: FileDescriptorProto): Iterable<readonly [string, TypeKind]> {
  for (const [name, { options }] of messagesOf(file)) {
    yield [`.${name}`, options?.mapEntry === true ? "map entry" : "message"];
  }
  for (const name of enumsOf(file).keys()) yield [`.${name}`, "enum"];
}

function* referencesOf(file: FileDescriptorProto): Iterable<Reference> {
  for (const [from, field] of fieldsByName(file)) {
    const kinds = typeKinds(field);
    if (kinds.length > 0) yield { from, name: field.typeName, kinds };
    if (field.extendee !== "") yield { from, name: field.extendee, kinds: ["message"] };
  }
  for (const service of file.service) {
    for (const { name: method, inputType, outputType } of service.method) {
      const from = `${qualifiedName(file.package, service.name)}.${method}`;
      for (const name of [inputType, outputType]) yield { from, name, kinds: ["message"] };
    }
  }
}

function typeKinds({ type, label }: FieldDescriptorProto): readonly TypeKind[] {
  if (type === Type.ENUM) return ["enum"];
  if (type === Type.GROUP) return ["message"];
  if (type !== Type.MESSAGE) return [];
  return label === Label.REPEATED ? ["message", "map entry"] : ["message"];
}
