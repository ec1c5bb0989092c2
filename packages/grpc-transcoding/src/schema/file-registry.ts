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
    const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [...set.files] }));
    readDefaults(registry);
    return registry;
  });
}

/** protobuf-es reads the text of a default when it is asked for it; a wrong one is to fail now. */
function readDefaults(registry: FileRegistry): void {
  for (const type of registry) {
    const fields = type.kind === "message" ? type.fields : type.kind === "extension" ? [type] : [];
    for (const field of fields) if ("getDefaultValue" in field) field.getDefaultValue?.();
  }
}

type TypeKind = "message" | "enum" | "map entry";

/** A type by its full name with a leading dot, as descriptors spell it, and the kinds that fit. */
interface Reference {
  readonly from: string;
  readonly name: string;
  readonly kinds: readonly TypeKind[];
}

function wrongReferences(set: FileSet): SchemaProblem[] {
  const declared = new Map(set.files.flatMap((file) => [...kindsOf(file)]));
  return set.files.flatMap((file) => {
    const absent = new Set<string>();
    const problems: SchemaProblem[] = [];
    for (const { from, name, kinds } of referencesOf(file)) {
      const kind = declared.get(name) ?? declared.get(`.${name}`);
      if (kind === undefined && name !== "") absent.add(name);
      else if (kind === undefined || !kinds.includes(kind)) {
        const what = `refers to ${name || "no type"}${kind ? `, which is of the kind ${kind}` : ""}, where a type of the kind ${kinds[0]} must be`;
        problems.push(declarationProblem(`${file.name}: ${from}`, undefined, what));
      }
    }
    if (absent.size > 0) problems.push(absentTypes(file, absent, set));
    return problems;
  });
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
