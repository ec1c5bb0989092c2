import { create, createFileRegistry, type FileRegistry } from "@bufbuild/protobuf";
import {
  type DescriptorProto,
  type FileDescriptorProto,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import type { FileSet } from "./file-set.ts";
import {
  declarationProblem,
  SchemaError,
  type SchemaProblem,
  throwProblems,
} from "./schema-error.ts";

/**
 * The registry of a complete file set. Throws a {@link SchemaError} that names each type that is
 * referenced but nowhere declared, with the missing import that may declare it.
 */
export function buildRegistry(set: FileSet): FileRegistry {
  if (set.missing.size > 0) throwProblems(unresolvedTypes(set));
  try {
    return createFileRegistry(create(FileDescriptorSetSchema, { file: [...set.files] }));
  } catch (error) {
    throw new SchemaError(
      [{ message: `the descriptors are not valid: ${(error as Error).message}` }],
      {
        cause: error,
      },
    );
  }
}

function unresolvedTypes(set: FileSet): SchemaProblem[] {
  const declared = new Set<string>();
  for (const file of set.files) {
    const scope = file.package === "" ? "" : `.${file.package}`;
    for (const { name } of file.enumType) declared.add(`${scope}.${name}`);
    for (const message of file.messageType) declareTypes(message, scope, declared);
  }
  return set.files.flatMap((file) => {
    const absent = new Set(referencedTypes(file).filter((name) => !declared.has(name)));
    if (absent.size === 0) return [];
    const imports = file.dependency.filter((name) => set.missing.has(name));
    const from = imports.length === 0 ? "" : `, and its import ${imports.join(", ")} is missing`;
    return [...absent].map((name) =>
      declarationProblem(
        file.name,
        undefined,
        `${name.slice(1)} is declared in none of the files${from}; make descriptor sets with ` +
          "protoc --include_imports, or by buf build",
      ),
    );
  });
}

function declareTypes(message: DescriptorProto, scope: string, declared: Set<string>): void {
  const name = `${scope}.${message.name}`;
  declared.add(name);
  for (const nested of message.enumType) declared.add(`${name}.${nested.name}`);
  for (const nested of message.nestedType) declareTypes(nested, name, declared);
}

/** Full names with a leading dot, as descriptors spell them. */
function referencedTypes(file: FileDescriptorProto): string[] {
  const fields = [...file.extension, ...file.messageType.flatMap(fieldsOf)];
  const methods = file.service.flatMap((service) => service.method);
  return [
    ...fields.flatMap((field) => [field.typeName, field.extendee]),
    ...methods.flatMap((method) => [method.inputType, method.outputType]),
  ].filter((name) => name !== "");
}

function fieldsOf(message: DescriptorProto): DescriptorProto["field"] {
  return [...message.field, ...message.extension, ...message.nestedType.flatMap(fieldsOf)];
}
