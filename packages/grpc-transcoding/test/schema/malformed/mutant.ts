import {
  create,
  type DescField,
  type DescMessage,
  fromBinary,
  type Message,
  ScalarType,
  toBinary,
} from "@bufbuild/protobuf";
import { WireType } from "@bufbuild/protobuf/wire";
import {
  type FileDescriptorSet,
  FileDescriptorSetSchema,
  file_google_protobuf_descriptor,
} from "@bufbuild/protobuf/wkt";
import type { Random } from "../../json/differential/random-json.ts";

const names = [
  "",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "a b",
  "é\u0000",
  "\ufffd",
  "..",
  ".",
  "9",
  "x".repeat(5_000),
  "a.".repeat(2_000),
  "proto3",
  "proto2",
  "editions",
  "nan",
  "1e999",
  '"\\x',
];
const numbers = [
  0,
  -1,
  1,
  2,
  3,
  7,
  10,
  11,
  14,
  18,
  99,
  998,
  1000,
  1001,
  9999,
  19_000,
  2 ** 29 - 1,
  2 ** 29,
  2 ** 31 - 1,
  -(2 ** 31),
];
/** Options of which this package reads the content, and one that protobuf-es does. */
const optionNumbers = [72_295_728, 1049, 8042, 998, 60, 123_456];

const descOf = new Map(
  [...nested(file_google_protobuf_descriptor.messages)].map((desc) => [desc.typeName, desc]),
);

function* nested(messages: readonly DescMessage[]): Iterable<DescMessage> {
  for (const message of messages) {
    yield message;
    yield* nested(message.nestedMessages);
  }
}

/** Bytes that were a descriptor set until one to four things happened to them. */
export function mutate(seeds: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes = random.pick(seeds);
  const inMessage = random.below(3) > 0;
  if (inMessage) {
    const set = fromBinary(FileDescriptorSetSchema, bytes);
    for (let i = random.below(3); i >= 0; i--) changeMessage(set, random);
    bytes = toBinary(FileDescriptorSetSchema, set);
  }
  if (!inMessage || random.below(8) === 0) {
    for (let i = random.below(3); i >= 0; i--) bytes = changeBytes(bytes, seeds, random);
  }
  return bytes;
}

function changeBytes(bytes: Uint8Array, seeds: readonly Uint8Array[], random: Random): Uint8Array {
  const at = random.below(bytes.length);
  const changed = Buffer.from(bytes);
  switch (random.below(6)) {
    case 0:
      changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
      return changed;
    case 1:
      changed[at] = random.below(256);
      return changed;
    case 2:
      return changed.subarray(0, at);
    case 3: {
      const other = random.pick(seeds);
      const from = random.below(other.length);
      const part = other.subarray(from, from + random.below(200));
      return Buffer.concat([changed.subarray(0, at), part, changed.subarray(at)]);
    }
    case 4: {
      const blownUp = Buffer.from([0xff, 0xff, 0xff, 0xff, random.below(256)]);
      return Buffer.concat([changed.subarray(0, at), blownUp, changed.subarray(at + 1)]);
    }
    default:
      return Buffer.concat([changed.subarray(0, at), changed.subarray(at + random.below(50))]);
  }
}

type Fields = Message & Record<string, unknown>;

function messagesIn(value: unknown, found: Fields[] = []): Fields[] {
  if (Array.isArray(value)) for (const item of value) messagesIn(item, found);
  else if (typeof value === "object" && value !== null && "$typeName" in value) {
    found.push(value as Fields);
    for (const [key, member] of Object.entries(value)) {
      if (key !== "$unknown") messagesIn(member, found);
    }
  }
  return found;
}

function changeMessage(set: FileDescriptorSet, random: Random): void {
  const messages = messagesIn(set);
  const typeName = random.pick([...new Set(messages.map((message) => message.$typeName))]);
  const message = random.pick(messages.filter((one) => one.$typeName === typeName));
  const desc = descOf.get(typeName) as DescMessage;
  if (typeName.endsWith("Options") && random.below(2) === 0) {
    message.$unknown = [...(message.$unknown ?? []), unknownField(random)];
    return;
  }
  // Not those with required fields, which an encoder wants.
  const fields = desc.fields.filter(
    ({ name }) =>
      name !== "uninterpreted_option" && name !== "name_part" && name !== "is_extension",
  );
  const present = fields.filter(({ localName }) => Object.hasOwn(message, localName));
  if (fields.length === 0) return;
  const field = random.pick(random.below(3) > 0 && present.length > 0 ? present : fields);
  const values = messages.flatMap((one) =>
    one.$typeName === typeName ? [one[field.localName]] : [],
  );
  const change = random.below(4);
  if (change === 0 && field.fieldKind !== "list") delete message[field.localName];
  else if (change === 1) message[field.localName] = copy(random.pick(values), field);
  else if (field.fieldKind === "list") changeList(message, field, messages, random);
  else message[field.localName] = someValue(field, messages, random);
}

/** No message twice in a tree, which makes rings. */
function copy(value: unknown, { message, fieldKind }: DescField): unknown {
  if (fieldKind === "list" && !Array.isArray(value)) return [];
  if (message === undefined || value === undefined) return value;
  return Array.isArray(value)
    ? value.map((item: Message) => copyOf(message, item))
    : copyOf(message, value as Message);
}

function copyOf(desc: DescMessage, message: Message): Message {
  return fromBinary(desc, toBinary(desc, message));
}

function changeList(
  message: Fields,
  field: DescField & { fieldKind: "list" },
  messages: readonly Fields[],
  random: Random,
): void {
  const list = message[field.localName] as unknown[];
  const at = random.below(list.length + 1);
  const item = field.listKind === "message" ? itemOf(field, messages, random) : undefined;
  switch (random.below(4)) {
    case 0:
      list.splice(at, 1);
      break;
    case 1:
      if (list.length > 0) list.push(...(copy([random.pick(list)], field) as unknown[]));
      break;
    case 2:
      list.reverse();
      break;
    default:
      list.splice(at, 0, item ?? someValue(field, messages, random));
  }
}

function itemOf(
  { message }: { message: DescMessage },
  messages: readonly Fields[],
  random: Random,
): unknown {
  const same = messages.filter((one) => one.$typeName === message.typeName);
  return same.length === 0 ? create(message) : copyOf(message, random.pick(same));
}

function someValue(field: DescField, messages: readonly Fields[], random: Random): unknown {
  if (field.message !== undefined) return create(field.message);
  if (field.enum !== undefined) return random.pick(numbers.filter((number) => number >= 0));
  switch (field.scalar) {
    case ScalarType.STRING:
      return random.below(2) === 0 ? random.pick(names) : someText(messages, random);
    case ScalarType.BOOL:
      return random.below(2) === 0;
    case ScalarType.INT32:
      return random.pick(numbers);
    case ScalarType.BYTES:
      return Buffer.from([random.below(256)]);
    case ScalarType.DOUBLE:
      return random.next();
    default:
      return BigInt(random.below(100));
  }
}

/** A name, a type name or an import of elsewhere in the set. */
function someText(messages: readonly Fields[], random: Random): string {
  const { name, typeName, dependency, package: scope } = random.pick(messages);
  const texts = [name, typeName, scope, ...(Array.isArray(dependency) ? dependency : [])];
  return String(random.pick(texts) ?? "");
}

/** An option whose content is random, but not so that the set cannot be read. */
function unknownField(random: Random) {
  const no = random.pick(optionNumbers);
  const length = random.below(12);
  const content = Array.from({ length }, () => random.below(random.pick([256, 32])));
  if (random.below(3) > 0) {
    return { no, wireType: WireType.LengthDelimited, data: Buffer.from([length, ...content]) };
  }
  return { no, wireType: WireType.Varint, data: Buffer.from([length]) };
}
