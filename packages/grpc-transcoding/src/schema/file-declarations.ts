import type {
  DescriptorProto,
  EnumDescriptorProto,
  FieldDescriptorProto,
  FileDescriptorProto,
} from "@bufbuild/protobuf/wkt";

/** All messages of a file, nested ones included, by full name. */
export function messagesOf(file: FileDescriptorProto): ReadonlyMap<string, DescriptorProto> {
  const found = new Map<string, DescriptorProto>();
  const add = (message: DescriptorProto, scope: string): void => {
    const name = qualifiedName(scope, message.name);
    found.set(name, message);
    for (const nested of message.nestedType) add(nested, name);
  };
  for (const message of file.messageType) add(message, file.package);
  return found;
}

/** All enums of a file, nested ones included, by full name. */
export function enumsOf(file: FileDescriptorProto): ReadonlyMap<string, EnumDescriptorProto> {
  const found = new Map(
    file.enumType.map((type) => [qualifiedName(file.package, type.name), type]),
  );
  for (const [name, message] of messagesOf(file)) {
    for (const type of message.enumType) found.set(qualifiedName(name, type.name), type);
  }
  return found;
}

/** The full names of all messages and enums of a file. */
export function typesOf(file: FileDescriptorProto): readonly string[] {
  return [...enumsOf(file).keys(), ...messagesOf(file).keys()];
}

/** All fields of a file with their full names, extensions included. */
export function fieldsByName(
  file: FileDescriptorProto,
): readonly (readonly [string, FieldDescriptorProto])[] {
  const nameIn = (scope: string) => (field: FieldDescriptorProto) =>
    [qualifiedName(scope, field.name), field] as const;
  const own = [...messagesOf(file)].flatMap(([name, { field, extension }]) =>
    [...field, ...extension].map(nameIn(name)),
  );
  return [...file.extension.map(nameIn(file.package)), ...own];
}

/** All fields of a file, extensions included. */
export function fieldsOf(file: FileDescriptorProto): readonly FieldDescriptorProto[] {
  const messages = [...messagesOf(file).values()];
  const own = messages.flatMap((message) => [...message.field, ...message.extension]);
  return [...file.extension, ...own];
}

/** `scope.name`, or the name alone in the empty package. */
export function qualifiedName(scope: string, name: string): string {
  return scope === "" ? name : `${scope}.${name}`;
}
