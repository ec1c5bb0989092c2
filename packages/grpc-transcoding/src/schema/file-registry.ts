import { create, createFileRegistry, type FileRegistry } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { fieldsOf, typesOf } from "./file-declarations.ts";
import type { FileSet } from "./file-set.ts";
import {
  declarationProblem,
  SchemaError,
  type SchemaProblem,
  throwProblems,
} from "./schema-error.ts";

/**
 * The registry of a complete file set. Throws a {@link SchemaError} that names each type that is
 * referenced but nowhere declared, with the missing imports that may declare it.
 */
export function buildRegistry(set: FileSet): FileRegistry {
  throwProblems(unresolvedTypes(set));
  try {
    return createFileRegistry(create(FileDescriptorSetSchema, { file: [...set.files] }));
  } catch (error) {
    const message = `the descriptors are not valid: ${(error as Error).message}`;
    throw new SchemaError([{ message }], { cause: error });
  }
}

function unresolvedTypes(set: FileSet): SchemaProblem[] {
  const declared = new Set(set.files.flatMap((file) => typesOf(file).map((name) => `.${name}`)));
  return set.files.flatMap((file) => {
    const absent = new Set(referencedTypes(file).filter((name) => !declared.has(name)));
    if (absent.size === 0) return [];
    const imports = file.dependency.filter((name) => set.missing.has(name));
    const from = imports.length === 0 ? "" : `; missing is its import ${imports.join(", ")}`;
    const names = [...absent].map((name) => name.replace(/^\./, "")).join(", ");
    const what = `no file of the set declares ${names}${from}; make descriptor sets with protoc --include_imports, or by buf build`;
    return [declarationProblem(file.name, undefined, what)];
  });
}

/** Full names with a leading dot, as descriptors spell them. */
function referencedTypes(file: FileDescriptorProto): string[] {
  const methods = file.service.flatMap((service) => service.method);
  return [
    ...fieldsOf(file).flatMap((field) => [field.typeName, field.extendee]),
    ...methods.flatMap((method) => [method.inputType, method.outputType]),
  ].filter((name) => name !== "");
}
