import assert from "node:assert/strict";
import { test } from "node:test";
import { type StreamEncoder, type StreamFormatName, streamEncoders } from "grpc-transcoding";
import { selectStreamEncoder } from "grpc-transcoding/internal";

const texts = ['{"a":1}', '"x"', '{"b":"\\n\\r\\n"}', "[]"];

/** What a reader of the format gets: the messages, the failure's body, whether the end was told. */
interface Reading {
  readonly messages: unknown[];
  readonly failure?: unknown;
}

function readArray(text: string): Reading {
  if (text === "") return { messages: [] };
  return splitFailure(JSON.parse(text));
}

function readLines(text: string): Reading {
  assert.ok(text === "" || text.endsWith("\n"));
  return splitFailure(
    text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line)),
  );
}

function readResultLines(text: string): Reading {
  const { messages, ...rest } = readLines(text);
  return { ...rest, messages: messages.map((line) => (line as { result: unknown }).result) };
}

function readEvents(text: string): Reading {
  const messages: unknown[] = [];
  let failure: unknown;
  for (const event of text.split("\n\n").slice(0, -1)) {
    const fields = Object.fromEntries(event.split("\n").map((line) => line.split(/: (.*)/)));
    const data = JSON.parse(fields.data);
    if (fields.event === undefined) messages.push(data);
    else if (fields.event === "error") failure = data;
    else assert.deepEqual([fields.event, data], ["end", { count: messages.length }]);
  }
  return failure === undefined ? { messages } : { messages, failure };
}

function splitFailure(values: unknown[]): Reading {
  const last = values.at(-1);
  return typeof last === "object" && last !== null && "error" in last
    ? { messages: values.slice(0, -1), failure: last.error }
    : { messages: values };
}

const readers: Readonly<Record<StreamFormatName, (text: string) => Reading>> = {
  ndjson: readLines,
  sse: readEvents,
  "json-array": readArray,
};

/** What every encoder must do; run on each. */
function runEncoderContract(
  name: string,
  encoder: StreamEncoder,
  read: (text: string) => Reading,
): void {
  const body = (json: readonly string[], end: (count: number) => string): string =>
    encoder.start() +
    json.map((text, index) => Buffer.from(encoder.message(Buffer.from(text), index))).join("") +
    end(json.length);

  for (let count = 0; count <= texts.length; count++) {
    const some = texts.slice(0, count);
    const messages = some.map((text) => JSON.parse(text));

    test(`${name}: ${count} messages come back as they were`, () => {
      assert.deepEqual(read(body(some, encoder.end)), { messages });
    });

    test(`${name}: a failure after ${count} messages is told apart from them`, () => {
      const failure = { code: 5, message: "gone" };
      const pretty = JSON.stringify(failure, undefined, 2).replaceAll("\n", "\r\n");
      const text = body(some, (index) => encoder.error(pretty, index));
      assert.deepEqual(read(text), { messages, failure });
    });
  }

  test(`${name}: a message is framed without changing its bytes`, () => {
    const json = Buffer.from('{"a":"ü"}');
    assert.ok(Buffer.from(encoder.message(json, 1)).includes(json));
    assert.equal(json.toString(), '{"a":"ü"}');
  });

  test(`${name}: its content type in Accept chooses it`, () => {
    assert.equal(selectStreamEncoder([encoder], encoder.contentType), encoder);
  });
}

for (const encoder of streamEncoders()) {
  runEncoderContract(encoder.name, encoder, readers[encoder.name as StreamFormatName]);
}
for (const encoder of streamEncoders("result", ["ndjson"])) {
  runEncoderContract("grpc-gateway's lines", encoder, readResultLines);
}

const items = {
  message: { $ref: "#/m" },
  error: { $ref: "#/e" },
  errorItem: { $ref: "#/i" },
};

for (const encoder of [...streamEncoders(), ...streamEncoders("result", ["ndjson"])]) {
  test(`${encoder.name} as ${encoder.contentType}: its media object shows messages and errors`, () => {
    const media = encoder.mediaObject?.(items) ?? {};
    assert.notEqual(media.schema === undefined, media.itemSchema === undefined);
    const text = JSON.stringify(media);
    assert.ok(text.includes("#/m"));
    assert.ok(text.includes("#/e") || text.includes("#/i"));
  });
}
