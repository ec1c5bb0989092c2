import type { DescField, DescMessage, FileRegistry, Message } from "@bufbuild/protobuf";
import { parse } from "yaml";

/**
 * A message of gnostic's OpenAPI model (openapiv3/OpenAPIv3.proto) as the OpenAPI object that it
 * stands for. The model spells maps as lists of named values, unions as messages with one member set,
 * and free values as YAML text.
 */
export function gnosticObject(message: Message, registry: FileRegistry): unknown {
  const desc = registry.getMessage(message.$typeName);
  return desc === undefined ? {} : objectOf(message, desc, registry);
}

type Fields = Readonly<Record<string, unknown>>;

function objectOf(message: Message, desc: DescMessage, registry: FileRegistry): unknown {
  const values = message as unknown as Fields;
  const convert = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(convert);
    if (isMessage(value)) return gnosticObject(value, registry);
    return typeof value === "bigint" ? Number(value) : value;
  };
  const name = desc.name;
  if (name === "Any") return values.yaml ? parse(String(values.yaml)) : undefined;
  if (name === "StringArray") return convert(values.value);
  if (name === "ItemsItem") return convert((values.schemaOrReference as unknown[])?.[0]);
  const [union] = desc.oneofs;
  if (union !== undefined && desc.oneofs.length === 1) {
    return convert((values[union.localName] as { value?: unknown } | undefined)?.value);
  }
  const entries = desc.fields.flatMap((field): (readonly [string, unknown])[] => {
    const value = values[field.localName];
    if (isNamedList(field)) {
      const named = (value as Fields[]).map(
        (item) => [String(item.name), convert(item.value)] as const,
      );
      if (isInlined(field, desc)) return named;
      return named.length === 0 ? [] : [[field.jsonName, Object.fromEntries(named)]];
    }
    if (isUnset(value)) return [];
    return [[field.name === "_ref" ? "$ref" : field.jsonName, convert(value)]];
  });
  return Object.fromEntries(entries);
}

function isMessage(value: unknown): value is Message {
  return typeof value === "object" && value !== null && "$typeName" in value;
}

/** Lists of `NamedX { name, value }` are maps. */
function isNamedList(field: DescField): boolean {
  return field.fieldKind === "list" && field.message?.name.startsWith("Named") === true;
}

/** Maps whose keys stand beside the object's own: extensions, paths, responses, and messages that are nothing else. */
function isInlined(field: DescField, { fields }: DescMessage): boolean {
  const inlined = ["specification_extension", "response_or_reference", "path"];
  return (
    inlined.includes(field.name) || (field.name === "additional_properties" && fields.length === 1)
  );
}

// proto3 without presence: what is not set cannot be told from zero.
function isUnset(value: unknown): boolean {
  return (
    value === undefined ||
    value === "" ||
    value === 0 ||
    value === 0n ||
    value === false ||
    (Array.isArray(value) && value.length === 0)
  );
}
