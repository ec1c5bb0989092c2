import {
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  toBinary,
} from "@bufbuild/protobuf";
import { JsonError } from "grpc-transcoding";
import protobuf8 from "protobufjs8";
import "protobufjs8/ext/descriptor.js";
import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import protojson from "protobufjs8/ext/protojson.js";
import { normalText } from "../../../src/json/normal-text.ts";
import { proto2, proto3, registry, testCodec } from "../test-messages.ts";
import { Random, randomMessage } from "./random-json.ts";

const codec = testCodec();
const types = [proto3, proto3, proto2];

/** JSON with the keys of all objects in order: V8 puts keys that look like indices first. */
export function sorted(text: string): string {
  return JSON.stringify(JSON.parse(text), (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

function same(a: Outcome, b: Outcome): boolean {
  if ("refused" in a || "refused" in b) return "refused" in a && "refused" in b;
  return a.json === b.json || sorted(a.json) === sorted(b.json);
}

/** One input on which the codec and a peer do not agree. */
export interface Disagreement {
  readonly input: string;
  readonly what: string;
}

/** What a codec made of an input, or why it refused. */
export type Outcome = { readonly json: string } | { readonly refused: string };

const peerTypes = new Map<DescMessage, protobuf8.Type>();

function peerType(message: DescMessage): protobuf8.Type {
  let type = peerTypes.get(message);
  if (type === undefined) {
    type = peerRoot.lookupType(message.typeName);
    peerTypes.set(message, type);
  }
  return type;
}

const peerRoot = (
  protobuf8.Root as unknown as { fromDescriptor(set: Uint8Array): protobuf8.Root }
).fromDescriptor(readFileSync(new URL("../../conformance/test-messages.binpb", import.meta.url)));
peerRoot.resolveAll();

function viaUs(message: DescMessage, text: string): Outcome {
  try {
    const bytes = codec.textToWire(message)(Buffer.from(text));
    return { json: codec.toJson(message)(bytes).toString() };
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return { refused: error.message };
  }
}

/** JSON through protobuf-es's message to protobuf bytes, printed by us: what it understood. */
function viaEs(message: DescMessage, text: string): Outcome {
  let bytes: Uint8Array;
  try {
    bytes = toBinary(message, fromJson(message, JSON.parse(text) as JsonValue, { registry }));
  } catch (error) {
    return { refused: (error as Error).message };
  }
  return { json: codec.toJson(message)(bytes).toString() };
}

function viaPbjs(message: DescMessage, text: string): Outcome {
  const type = peerType(message);
  try {
    const bytes = type.encode(protojson.fromJsonString(type, text)).finish();
    // A lone surrogate in a FieldMask becomes bytes that are not UTF-8: refused, in effect.
    return { json: codec.toJson(message)(bytes).toString() };
  } catch (error) {
    return { refused: (error as Error).message };
  }
}

/** What protobuf-es makes of a message's bytes, in its own order of fields. */
function normalized(message: DescMessage, bytes: Uint8Array): string {
  return Buffer.from(toBinary(message, fromBinary(message, bytes))).toString("hex");
}

/** Random valid messages: our bytes and our JSON must mean to protobuf-es what its own mean. */
export function compareValid(count: number, seed: number): Disagreement[] {
  const random = new Random(seed);
  const found: Disagreement[] = [];
  for (let i = 0; i < count; i++) {
    const message = random.pick(types);
    const input = JSON.stringify(randomMessage(random, message, 3));
    const viaPeer = (json: string): Uint8Array =>
      toBinary(message, fromJson(message, JSON.parse(json) as JsonValue, { registry }));
    const theirs = viaPeer(input);
    const ours = codec.textToWire(message)(Buffer.from(input));
    if (normalized(message, theirs) !== normalized(message, ours)) {
      found.push({ input, what: "other bytes than protobuf-es" });
    }
    const ourJson = codec.toJson(message)(theirs).toString();
    if (normalized(message, viaPeer(ourJson)) !== normalized(message, theirs)) {
      found.push({ input, what: `protobuf-es reads our JSON otherwise: ${ourJson}` });
    }
    if (!same({ json: codec.toJson(message)(ours).toString() }, { json: ourJson })) {
      found.push({ input, what: "our bytes and theirs print differently" });
    }
  }
  return found;
}

const oddities = [
  null,
  true,
  0,
  -1,
  1.5,
  Number.MAX_VALUE,
  2147483648,
  4294967296,
  "",
  "1",
  "1.0",
  "1e3",
  " 1",
  "-0",
  "NaN",
  "x",
  "true",
  "2024-02-30T00:00:00Z",
  "2024-01-01T00:00:00z",
  "1.5s",
  "A",
  "AQ==",
  "\ud800",
  [],
  [null],
  {},
  { a: 1 },
];

/** Replaces one value somewhere in a JSON value, or renames, adds or doubles a key. */
function mutate(random: Random, json: unknown): unknown {
  if (typeof json !== "object" || json === null || random.next() < 0.2)
    return random.pick(oddities);
  if (Array.isArray(json)) {
    if (json.length === 0) return [random.pick(oddities)];
    const at = random.below(json.length);
    return json.map((item, i) => (i === at ? mutate(random, item) : item));
  }
  const entries = Object.entries(json as Record<string, unknown>);
  if (entries.length === 0 || random.next() < 0.05) entries.push(["nope", 1]);
  const at = random.below(entries.length);
  const entry = entries[at] as [string, unknown];
  if (random.next() < 0.05) entry[0] = `${entry[0]}X`;
  else entry[1] = mutate(random, entry[1]);
  return Object.fromEntries(entries);
}

/** Whether a difference is one of those that tests list, with the reason. */
export type Known = (text: string, ours: Outcome, theirs: Outcome) => boolean;

/** Random JSON with one mistake: our verdict and our reading against each peer's. */
export function compareMutatedJson(
  count: number,
  seed: number,
  peer: "protobuf-es" | "protobufjs",
  known: Known,
): Disagreement[] {
  const random = new Random(seed);
  const found: Disagreement[] = [];
  const via = peer === "protobuf-es" ? viaEs : viaPbjs;
  for (let i = 0; i < count; i++) {
    const message = random.pick(types);
    const input = JSON.stringify(mutate(random, randomMessage(random, message, 2)));
    const ours = viaUs(message, input);
    const theirs = via(message, input);
    if (same(ours, theirs)) continue;
    if (known(input, ours, theirs)) continue;
    found.push({ input, what: `ours ${JSON.stringify(ours)}, ${peer} ${JSON.stringify(theirs)}` });
  }
  return found;
}

const codecs = [
  codec,
  testCodec({ unknownFields: "ignore" }),
  testCodec({ duplicateKeys: "reject" }),
];

/**
 * JSON with and without whitespace, valid, with a mistake in it, or with bytes changed: the text as it is and
 * its normal form must mean the same, or be refused with the same words.
 */
export function compareNormal(count: number, seed: number): Disagreement[] {
  const random = new Random(seed);
  const found: Disagreement[] = [];
  for (let i = 0; i < count; i++) {
    const message = random.pick(types);
    const valid = randomMessage(random, message, 2);
    const json = random.next() < 0.5 ? valid : mutate(random, valid);
    const text = Buffer.from(JSON.stringify(json, undefined, random.below(2)));
    const input = random.next() < 0.5 ? text : mutateText(random, text);
    const using = random.pick(codecs);
    const outcomeOf = (read: Buffer): Outcome => {
      try {
        return { json: codec.toJson(message)(using.textToWire(message)(read)).toString() };
      } catch (error) {
        if (!(error instanceof JsonError)) throw error;
        return { refused: error.message };
      }
    };
    const asItIs = outcomeOf(input);
    const normal = isJson(input) ? normalText(input.toString()) : undefined;
    if (normal === undefined) {
      if ("refused" in asItIs) continue;
      found.push({ input: input.toString("latin1"), what: "this is not JSON" });
      continue;
    }
    // Which is an error where equal keys are.
    if (normal.duplicate !== undefined && using.options.duplicateKeys === "reject") continue;
    const inOrder = outcomeOf(Buffer.from(normal.text));
    const equal =
      "refused" in asItIs || "refused" in inOrder
        ? JSON.stringify(asItIs) === JSON.stringify(inOrder)
        : same(asItIs, inOrder);
    if (equal) continue;
    const what = `as it is ${JSON.stringify(asItIs)}, in normal form ${JSON.stringify(inOrder)}`;
    found.push({ input: input.toString("latin1"), what });
  }
  return found;
}

function isJson(text: Buffer): boolean {
  try {
    JSON.parse(text.toString());
    return isUtf8(text);
  } catch {
    return false;
  }
}

const jsonBytes = Buffer.from('{}[]",:\\ \n0123456789.-eEtfnu/+x\u00e9');

/** Changes some bytes to others that JSON has, or doubles or leaves out a piece. */
function mutateText(random: Random, text: Buffer): Buffer {
  if (text.length === 0) return text;
  const at = random.below(text.length);
  const end = Math.min(text.length, at + 1 + random.below(12));
  switch (random.below(4)) {
    case 0:
      return Buffer.concat([text.subarray(0, at), text.subarray(end)]);
    case 1:
      return Buffer.concat([text.subarray(0, end), text.subarray(at)]);
    default: {
      const changed = Buffer.from(text);
      changed[at] = jsonBytes[random.below(jsonBytes.length)] as number;
      return changed;
    }
  }
}

/**
 * Valid bytes with changes: never anything but a {@link JsonError} or JSON that says the same again when
 * it goes through once more; and where protobufjs accepts the bytes as well, the same value.
 */
export function compareMutatedWire(count: number, seed: number, known: Known): Disagreement[] {
  const random = new Random(seed);
  const found: Disagreement[] = [];
  for (let i = 0; i < count; i++) {
    const message = random.pick(types);
    const json = randomMessage(random, message, 2);
    const bytes = codec.textToWire(message)(Buffer.from(JSON.stringify(json)));
    const changed = mutateBytes(random, bytes);
    const input = changed.toString("hex");
    let ours: Outcome;
    try {
      ours = { json: codec.toJson(message)(changed).toString() };
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      ours = { refused: error.message };
    }
    if ("json" in ours) {
      JSON.parse(ours.json);
      const again = viaUs(message, ours.json);
      if (!same(again, ours)) {
        found.push({ input, what: `no fixpoint: ${ours.json}, then ${JSON.stringify(again)}` });
      }
    }
    const theirs = wireViaPbjs(message, changed);
    if (same(ours, theirs)) continue;
    if (known(input, ours, theirs)) continue;
    found.push({
      input,
      what: `ours ${JSON.stringify(ours)}, protobufjs ${JSON.stringify(theirs)}`,
    });
  }
  return found;
}

function wireViaPbjs(message: DescMessage, bytes: Uint8Array): Outcome {
  const type = peerType(message);
  try {
    return viaUs(message, protojson.toJsonString(type, type.decode(bytes)));
  } catch (error) {
    return { refused: (error as Error).message };
  }
}

function mutateBytes(random: Random, bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  switch (random.below(4)) {
    case 0:
      return changed.subarray(0, random.below(changed.length + 1));
    case 1:
      return Buffer.concat([changed, Buffer.from([random.below(256)])]);
    default:
      for (let n = random.below(3); n >= 0 && changed.length > 0; n--) {
        changed[random.below(changed.length)] = random.below(256);
      }
      return changed;
  }
}
