import {
  create,
  type DescField,
  type DescMessage,
  type Message,
  ScalarType,
  toBinary,
} from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import type { Random } from "./random.ts";

const maxDepth = 4;

/** The bytes of a message with random fields; `isRequired` fields are always there. */
export function randomMessage(
  desc: DescMessage,
  random: Random,
  isRequired: (field: DescField) => boolean,
): Buffer {
  return Buffer.from(toBinary(desc, messageOf(desc, random, isRequired, 0)));
}

function messageOf(
  desc: DescMessage,
  random: Random,
  isRequired: (field: DescField) => boolean,
  depth: number,
): Message {
  const message = create(desc);
  if (fillWellKnown(message as Message & Record<string, unknown>, random)) return message;
  const target = reflect(desc, message);
  for (const field of desc.fields) {
    const must = isRequired(field) || field.presence === FeatureSet_FieldPresence.LEGACY_REQUIRED;
    const may = random.chance(0.5) && depth < maxDepth;
    if (must || may) setField(target, field, random, isRequired, depth);
  }
  return message;
}

/** Messages of which not every value is valid. */
function fillWellKnown(message: Message & Record<string, unknown>, random: Random): boolean {
  switch (message.$typeName) {
    case "google.protobuf.Timestamp":
      message.seconds = BigInt(random.below(2 ** 31));
      message.nanos = random.pick([0, 5_000_000, 123_456_789]);
      return true;
    case "google.protobuf.Duration":
      message.seconds = BigInt(random.below(1000));
      message.nanos = random.pick([0, 500_000_000]);
      return true;
    case "google.protobuf.FieldMask":
      message.paths = ["name", "display_name"];
      return true;
    case "google.protobuf.Any":
      message.typeUrl = "type.googleapis.com/google.protobuf.Empty";
      return true;
    case "google.protobuf.Value":
      message.kind = { case: "stringValue", value: "any" };
      return true;
    default:
      return false;
  }
}

function setField(
  target: ReflectMessage,
  field: DescField,
  random: Random,
  isRequired: (field: DescField) => boolean,
  depth: number,
): void {
  const value = (): unknown => {
    if (field.message)
      return reflect(field.message, messageOf(field.message, random, isRequired, depth + 1));
    if (field.enum) return random.pick(field.enum.values).number;
    return scalar(field.scalar as ScalarType, random);
  };
  if (field.fieldKind === "list") {
    const list = target.get(field);
    for (let count = random.below(3); count > 0; count -= 1) list.add(value());
  } else if (field.fieldKind === "map") {
    target.get(field).set(scalar(field.mapKey, random) as never, value());
  } else {
    target.set(field, value() as never);
  }
}

function scalar(type: ScalarType, random: Random): unknown {
  switch (type) {
    case ScalarType.BOOL:
      return random.chance(0.5);
    case ScalarType.STRING:
      return random.pick(["", "shelves/1", "näme", 'a "quoted" text']);
    case ScalarType.BYTES:
      return Uint8Array.from([1, 2, random.below(256)]);
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return random.pick([0, 1.5, -2.25]);
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return random.pick([0n, 1n, 2n ** 64n - 1n]);
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return random.pick([0n, -(2n ** 63n), 42n]);
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return random.pick([0, 2 ** 32 - 1]);
    default:
      return random.pick([0, -1, 2 ** 31 - 1]);
  }
}
