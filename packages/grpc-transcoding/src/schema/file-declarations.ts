import type {
  DescriptorProto,
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

/** The full names of all messages and enums of a file. */
export function typesOf(file: FileDescriptorProto): readonly string[] {
  const names = file.enumType.map((type) => qualifiedName(file.package, type.name));
  for (const [name, message] of messagesOf(file)) {
    names.push(name, ...message.enumType.map((type) => qualifiedName(name, type.name)));
  }
  return names;
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
