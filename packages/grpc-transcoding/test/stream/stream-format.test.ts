import assert from "node:assert/strict";
import { test } from "node:test";
import { type StreamEncoder, streamEncoders } from "grpc-transcoding";
import { selectStreamEncoder } from "grpc-transcoding/internal";
import { parseAccept } from "../../src/stream/accept.ts";

const choices: readonly [accept: string | undefined, name: string | undefined][] = [
  [undefined, "ndjson"],
  ["", "ndjson"],
  ["*/*", "ndjson"],
  ["application/*", "ndjson"],
  ["text/*", "sse"],
  ["application/json", "json-array"],
  ["APPLICATION/JSON; charset=utf-8", "json-array"],
  ["text/event-stream", "sse"],
  ["application/x-ndjson", "ndjson"],
  ["application/jsonl", "ndjson"],
  ["application/json, text/plain, */*", "json-array"],
  ["text/event-stream;q=0.5, application/json;q=0.9", "json-array"],
  ["text/event-stream;q=0.9, application/json;q=0.5, */*;q=0.1", "sse"],
  ["*/*, application/x-ndjson;q=0", "sse"],
  ["*/*;q=0.5, application/*;q=0", "sse"],
  ["application/xml", undefined],
  ["application/json;q=0", undefined],
  ["application/json;q=2", undefined],
  ["application/json;q=x", undefined],
  ["gibberish", undefined],
  // RFC 9110, section 12.4.2: no digit may be absent before the point, three may stand behind it.
  ["application/json;q=.5", undefined],
  ["application/json;q=0.1234", undefined],
  ["application/json;q =0.5", undefined],
  ["application/json;q=0.123", "json-array"],
  ['application/json;a="x, y;q=0, \\" ";q=0.5', "json-array"],
];
for (const [accept, name] of choices) {
  test(`Accept ${JSON.stringify(accept)} chooses ${name ?? "none"}`, () => {
    assert.equal(selectStreamEncoder(streamEncoders(), accept)?.name, name);
  });
}

test("elements of Accept that are no media ranges are skipped", () => {
  assert.deepEqual(parseAccept("*, text, a/b/c, /, a b/c, ,Text/HTML;q=0.5"), [
    { type: "text/html", quality: 0.5 },
  ]);
});

const csv: StreamEncoder = {
  name: "csv",
  contentType: "Text/CSV; charset=utf-8",
  mediaTypes: ["application/csv"],
  start: () => "",
  message: (json) => json,
  error: (body) => body,
  end: () => "",
};

test("an encoder of the user's stands among the formats, and is chosen by its media types", () => {
  const encoders = streamEncoders("bare", ["ndjson", csv]);
  assert.deepEqual(
    encoders.map(({ name }) => name),
    ["ndjson", "csv"],
  );
  for (const accept of ["text/csv", "application/csv, */*;q=0.1", "text/*"]) {
    assert.equal(selectStreamEncoder(encoders, accept), csv, accept);
  }
  assert.equal(selectStreamEncoder(encoders, "*/*, text/csv;q=0")?.name, "ndjson");
  assert.equal(selectStreamEncoder([csv], "*/*, text/csv;q=0"), undefined);
});

test("the order of formats decides where the client does not", () => {
  const encoders = streamEncoders("bare", ["sse", "ndjson"]);
  assert.equal(selectStreamEncoder(encoders, "*/*")?.name, "sse");
  assert.equal(selectStreamEncoder(encoders, "application/json"), undefined);
});

test("grpc-gateway's lines are application/json", () => {
  const encoder = selectStreamEncoder(streamEncoders("result"), "application/json");
  assert.deepEqual([encoder?.name, encoder?.contentType], ["ndjson", "application/json"]);
});

test("an unknown format is refused with those that there are", () => {
  for (const name of ["xml", "constructor"]) {
    assert.throws(
      () => streamEncoders("bare", [name as never]),
      new RegExp(`"${name}" is no stream format; there are ndjson, sse, json-array`),
    );
  }
});
