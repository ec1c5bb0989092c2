import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";

/** Pseudo-random numbers from a seed (mulberry32): a failing run can be run again. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** From 0 up to 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const texts = [
  "",
  "a",
  "plain ascii",
  "x".repeat(70),
  "é€",
  "云计算数据库".repeat(6),
  "😀",
  '"\\\n\u0000\u007f',
  "\u2028",
];

function text(random: Random): string {
  return random.pick(texts) + random.pick(texts);
}

function int(random: Random, bits: number, signed: boolean): bigint {
  const max = 1n << BigInt(signed ? bits - 1 : bits);
  const edges = [0n, 1n, 127n, 128n, max - 1n, max / 2n, ...(signed ? [-1n, -max, -max / 3n] : [])];
  const small = BigInt(random.below(1000));
  return random.next() < 0.5 ? small : random.pick(edges);
}

function scalar(random: Random, type: ScalarType): Json {
  switch (type) {
    case ScalarType.STRING:
      return text(random);
    case ScalarType.BYTES:
      return Buffer.from(text(random)).toString(random.pick(["base64", "base64url"] as const));
    case ScalarType.BOOL:
      return random.next() < 0.5;
    case ScalarType.DOUBLE:
      return random.pick([
        0,
        -0,
        1.5,
        1e300,
        5e-324,
        1e21,
        "NaN",
        "-Infinity",
        random.next() * 1e6,
      ]);
    case ScalarType.FLOAT:
      return random.pick([
        0,
        0.1,
        3.4028235e38,
        1e-45,
        16777217,
        "NaN",
        Math.fround(random.next()),
      ]);
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return Number(int(random, 32, true));
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return Number(int(random, 32, false));
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return String(int(random, 64, true));
    default:
      return String(int(random, 64, false));
  }
}

function enumValue(random: Random, type: DescEnum): Json {
  if (type.typeName === "google.protobuf.NullValue") return null;
  const value = random.pick(type.values);
  return random.next() < 0.7 ? value.name : value.number;
}

function anyValue(random: Random, depth: number): Json {
  const kinds = ["null", "number", "string", "bool", ...(depth > 0 ? ["list", "struct"] : [])];
  switch (random.pick(kinds)) {
    case "null":
      return null;
    case "number":
      return random.pick([0, 1.5, -3, 1e30]);
    case "string":
      return text(random);
    case "bool":
      return true;
    case "list":
      return Array.from({ length: random.below(4) }, () => anyValue(random, depth - 1));
    default:
      return struct(random, depth);
  }
}

function struct(random: Random, depth: number): Json {
  return Object.fromEntries(
    Array.from({ length: random.below(4) }, () => [text(random), anyValue(random, depth - 1)]),
  );
}

function wellKnown(random: Random, name: string): Json | undefined {
  const fraction = random.pick(["", ".5", ".000001", ".123456789"]);
  switch (name) {
    case "Timestamp":
      return `${new Date(random.below(4e12) - 1e12).toISOString().slice(0, 19)}${fraction}Z`;
    case "Duration":
      return `${random.pick(["", "-"])}${random.below(1e6)}${fraction}s`;
    case "FieldMask":
      return random.pick(["", "foo", "fooBar,baz", "a.bC"]);
    case "Struct":
      return struct(random, 3);
    case "Value":
      return anyValue(random, 3);
    case "ListValue":
      return [anyValue(random, 2)];
    case "Any":
      return random.pick<Json>([
        {},
        { "@type": "type.googleapis.com/google.protobuf.Duration", value: "1s" },
        {
          "@type": "type.googleapis.com/protobuf_test_messages.proto3.ForeignMessage",
          c: random.below(9),
        },
      ]);
    default:
      return undefined;
  }
}

function message(random: Random, type: DescMessage, depth: number): Json {
  if (type.typeName.startsWith("google.protobuf.")) {
    const special = wellKnown(random, type.name);
    if (special !== undefined) return special;
    const [value] = type.fields;
    if (value?.scalar !== undefined) return scalar(random, value.scalar);
  }
  return randomMessage(random, type, depth - 1);
}

function single(random: Random, field: DescField, depth: number): Json {
  if (field.message !== undefined) return message(random, field.message, depth);
  if (field.enum !== undefined) return enumValue(random, field.enum);
  return scalar(random, field.scalar);
}

function mapKey(random: Random, type: ScalarType): string {
  return String(scalar(random, type));
}

/** A random JSON object of a message, valid, with a few of its fields in any order. */
export function randomMessage(
  random: Random,
  type: DescMessage,
  depth: number,
): { [key: string]: Json } {
  const json: { [key: string]: Json } = {};
  const oneofs = new Set<unknown>();
  const count = type.fields.length === 0 ? 0 : random.below(depth <= 0 ? 3 : 10);
  for (let i = 0; i < count; i++) {
    const field = random.pick(type.fields);
    if (depth <= 0 && field.message !== undefined && !field.message.typeName.startsWith("google")) {
      continue;
    }
    if (field.oneof !== undefined && oneofs.has(field.oneof)) continue;
    oneofs.add(field.oneof);
    json[field.jsonName] = value(random, field, depth);
  }
  return json;
}

function value(random: Random, field: DescField, depth: number): Json {
  switch (field.fieldKind) {
    case "list":
      return Array.from({ length: random.below(4) }, () => single(random, field, depth));
    case "map":
      return Object.fromEntries(
        Array.from({ length: random.below(11) }, () => [
          mapKey(random, field.mapKey),
          single(random, field, depth),
        ]),
      );
    default:
      return single(random, field, depth);
  }
}
