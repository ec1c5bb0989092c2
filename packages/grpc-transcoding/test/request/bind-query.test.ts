import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type DescMessage, fromBinary, toJson } from "@bufbuild/protobuf";
import { parsePathTemplate } from "../../src/http/parse-path-template.ts";
import { createJsonCodec } from "../../src/json/create-json-codec.ts";
import { resolveFieldPath } from "../../src/model/field-path.ts";
import type { HttpBinding } from "../../src/model/schema.ts";
import { compileTranscoder, type TranscoderOptions } from "../../src/transcoder.ts";
import { libraryMethod, loadRegistry } from "../protos/methods.ts";
import { reasonsOf } from "./bad-request.ts";

interface QueryCase {
  readonly id: string;
  readonly message: string;
  readonly query: string;
  readonly expect: { readonly json?: unknown; readonly error?: string };
  readonly pathBound?: readonly string[];
  readonly body?: string;
}

const vectors = JSON.parse(
  readFileSync(new URL("../vectors/http-rule-and-query.json", import.meta.url), "utf8"),
) as { query: { cases: readonly QueryCase[] } };

const registry = loadRegistry("search");
const codec = createJsonCodec(registry, {
  naming: "json",
  emit: "set",
  enums: "name",
  unknownFields: "reject",
});

/** A binding of `input` whose path and body fill these fields. */
function bindingTo(input: DescMessage, pathBound: readonly string[], body?: string): HttpBinding {
  return {
    method: { ...libraryMethod("GetBook"), input },
    index: 0,
    httpMethod: "POST",
    template: parsePathTemplate(["", ...pathBound.map((path) => `{${path}}`)].join("/") || "/"),
    pathVariables: pathBound.map((path, index) => ({
      field: resolveFieldPath(input, path),
      index,
    })),
    body: body === "*" ? "*" : input.fields.find((field) => field.name === body),
    responseBody: undefined,
    ranges: false,
    source: "api",
    location: undefined,
  };
}

function bind(
  { message, query, pathBound = [], body }: Omit<QueryCase, "id" | "expect">,
  options: Partial<TranscoderOptions> = {},
): unknown {
  const input = registry.getMessage(message) as DescMessage;
  const transcoder = compileTranscoder(bindingTo(input, pathBound, body), { codec, ...options });
  const captures = pathBound.map(() => "");
  const bytes = transcoder.decodeRequest(captures, query, Buffer.alloc(0));
  return toJson(input, fromBinary(input, bytes), { registry });
}

test("binds every query vector", async (t) => {
  for (const { id, expect, ...input } of vectors.query.cases) {
    await t.test(`${id}: ${input.query}`, () => {
      if (expect.error === undefined) {
        // Rebuilt as own properties, since a map key may be __proto__.
        assert.equal(JSON.stringify(bind(input)), JSON.stringify(expect.json));
      } else {
        assert.deepEqual(
          reasonsOf(() => bind(input)),
          [expect.error.toUpperCase()],
        );
      }
    });
  }
});

test("a parameter's name goes 32 levels deep, and a deeper one is refused whole", () => {
  const nested = (levels: number): string => `filter${".and".repeat(levels - 2)}.field=x`;
  assert.match(JSON.stringify(bind({ message: "vec.dev.Search", query: nested(32) })), /"x"/);
  for (const levels of [33, 34]) {
    assert.deepEqual(
      reasonsOf(() => bind({ message: "vec.dev.Search", query: nested(levels) })),
      ["NOT_BINDABLE"],
    );
  }
  // What is left of the name when it is cut off at the bound would be a field.
  const cut = `filter${".and".repeat(31)}.field`;
  assert.deepEqual(
    reasonsOf(() => bind({ message: "vec.dev.Search", query: `${cut}.more=x` })),
    ["NOT_BINDABLE"],
  );
});
