import type {
  AnyDesc,
  DescExtension,
  DescMessage,
  FileRegistry,
  JsonValue,
  Message,
} from "@bufbuild/protobuf";
import { getExtension, hasExtension, toJson } from "@bufbuild/protobuf";

/**
 * Reads proto options by the full name of their extension. Values come as ProtoJSON: lowerCamel
 * names, enums by name, 64-bit numbers as strings. Undefined when the option is unset, or when no
 * file of the schema declares the extension.
 */
export interface Annotations {
  read(desc: AnyDesc, extension: string): JsonValue | undefined;
  /** The option as its message, for readers that go by message types. */
  readMessage(desc: AnyDesc, extension: string): Message | undefined;
  readonly registry: FileRegistry;
}

/** The annotations of a set of descriptors. */
export function createAnnotations(registry: FileRegistry): Annotations {
  const extensions = new Map<string, DescExtension | undefined>();

  function find(name: string): DescExtension | undefined {
    if (!extensions.has(name)) extensions.set(name, registry.getExtension(name));
    return extensions.get(name);
  }

  function optionOf(desc: AnyDesc, name: string): [DescExtension, unknown] | undefined {
    const options = desc.proto.options;
    if (options?.$unknown === undefined) return undefined;
    const extension = find(name);
    if (extension === undefined || extension.extendee.typeName !== options.$typeName) {
      return undefined;
    }
    if (!hasExtension(options, extension)) return undefined;
    return [extension, getExtension(options, extension)];
  }

  return {
    registry,
    read(desc, name) {
      const found = optionOf(desc, name);
      return found === undefined ? undefined : jsonOf(found[0], found[1], registry);
    },
    readMessage(desc, name) {
      const found = optionOf(desc, name);
      return found?.[0].fieldKind === "message" ? (found[1] as Message) : undefined;
    },
  };
}

function jsonOf(extension: DescExtension, value: unknown, registry: FileRegistry): JsonValue {
  if (extension.fieldKind === "list") {
    return (value as unknown[]).map((item) => {
      if (extension.listKind === "message") return messageJson(extension.message, item, registry);
      return extension.listKind === "enum" ? enumJson(extension, item) : scalarJson(item);
    });
  }
  if (extension.fieldKind === "message") return messageJson(extension.message, value, registry);
  return extension.fieldKind === "enum" ? enumJson(extension, value) : scalarJson(value);
}

function messageJson(desc: DescMessage, value: unknown, registry: FileRegistry): JsonValue {
  return toJson(desc, value as Message, { registry });
}

function enumJson(extension: DescExtension, value: unknown): JsonValue {
  return extension.enum?.value[value as number]?.name ?? (value as number);
}

function scalarJson(value: unknown): JsonValue {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return value as JsonValue;
}
