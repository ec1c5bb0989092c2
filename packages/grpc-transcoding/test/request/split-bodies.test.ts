// In full, 100,000 splits: SPLITS=100000 node --conditions=@fastify-grpc/source --import tsx test/request/split-bodies.test.ts
import assert from "node:assert/strict";
import { test } from "node:test";
import { createJsonCodec } from "../../src/json/create-json-codec.ts";
import type { RequestMessages } from "../../src/request/request-messages.ts";
import { StatusError } from "../../src/status/status-error.ts";
import { compileTranscoder } from "../../src/transcoder.ts";
import { bindingOf, library } from "../protos/methods.ts";
import { seededRandom } from "./seeded-random.ts";

const splits = Number(process.env.SPLITS ?? 2_000);
const maxBytes = 200;

const codec = createJsonCodec(library, {
  naming: "json",
  emit: "set",
  enums: "name",
  unknownFields: "reject",
});
const rule = { post: "/v1/{parent=shelves/*}/books", body: "*" };
const transcoder = compileTranscoder(bindingOf("CreateBook", rule), { codec });

function newMessages(): RequestMessages {
  const limits = { maxBytes, chunkBytes: 64 };
  return transcoder.requestMessages(["shelves/1"], "", "application/json", limits);
}

/** What comes of a body: the messages, and how they end. */
interface Verdict {
  readonly messages: readonly string[];
  readonly end: string;
}

function verdictOf(pieces: readonly Uint8Array[]): Verdict {
  const messages: string[] = [];
  const all = newMessages();
  try {
    for (const piece of pieces) {
      for (const message of all.push(piece)) messages.push(message.toString("hex"));
      // Nothing may hold on to a piece behind its turn.
      piece.fill(88);
    }
    for (const message of all.end()) messages.push(message.toString("hex"));
    return { messages, end: "complete" };
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return { messages, end: `${error.codeName}: ${error.message}` };
  }
}

const random = seededRandom(20);

function pick<T>(items: readonly T[]): T {
  return items[random(items.length)] as T;
}

/** One JSON value; of every three some are wrong. */
function value(): string {
  return pick([
    () => JSON.stringify({ bookId: 'é€😀"\\}{]['.slice(random(8)) }),
    () => `{ "book" : {"title": "${"x".repeat(random(60))}", "author":{"displayName":"a"}} }`,
    () => "{}",
    () => `{"bookId":"${"y".repeat(maxBytes - 30 + random(60))}"}`,
    () =>
      pick([
        "7",
        "true",
        "nul",
        '"text"',
        "[1,[2]]",
        "{",
        '{"a',
        '{"bookId":1}',
        '{"bookId":"\\',
        "}",
      ]),
  ])();
}

function body(): Buffer {
  const values = Array.from({ length: random(5) }, value);
  const text = pick([
    () => values.join("\n"),
    () => values.join(pick(["", " ", "\r\n\r\n", "\t"])),
    () => `[${values.join(pick([",", " , ", ",\n"]))}]`,
    () => `${pick([" ", "\n", ""])}[${values.join(",")}${pick(["", ",", "]]", "] x", "]\n"])}`,
  ])();
  const bytes = Buffer.from(text);
  // Now and then a byte is another, or the end is missing.
  if (bytes.length > 0 && random(4) === 0) bytes[random(bytes.length)] = random(256);
  return random(6) === 0 ? bytes.subarray(0, random(bytes.length + 1)) : bytes;
}

function split(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  const most = pick([1, 3, 20, 300]);
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + random(most);
    pieces.push(Buffer.from(bytes.subarray(at, at + length)));
    at += length;
  }
  return pieces;
}

test(`a body has one verdict, however it is split (${splits} splits)`, () => {
  const ends = new Map<string, number>();
  for (let done = 0; done < splits; ) {
    const bytes = body();
    const whole = verdictOf([Buffer.from(bytes)]);
    const kind = whole.end.split(/[:;]/, 1)[0] as string;
    ends.set(kind, (ends.get(kind) ?? 0) + 1);
    for (let i = 0; i < 5; i++, done++) {
      assert.deepEqual(verdictOf(split(bytes)), whole, JSON.stringify(bytes.toString("latin1")));
    }
  }
  // The bodies are of all kinds.
  for (const kind of ["complete", "INVALID_ARGUMENT", "RESOURCE_EXHAUSTED"]) {
    assert.ok((ends.get(kind) ?? 0) > splits / 100, `${kind}: ${ends.get(kind)}`);
  }
});
