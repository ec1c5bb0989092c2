import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  PathTemplateError,
  parsePathTemplate,
  templateSignature,
} from "../../src/http/parse-path-template.ts";

interface TemplateCase {
  readonly id: string;
  readonly template: string;
  readonly valid: boolean;
  readonly prototypeMessage?: string;
}

const vectors = JSON.parse(
  readFileSync(new URL("../vectors/http-rule-and-query.json", import.meta.url), "utf8"),
) as { templates: { cases: readonly TemplateCase[] } };

test("accepts and rejects the template vectors, with the column", async (t) => {
  for (const { id, template, valid, prototypeMessage } of vectors.templates.cases) {
    await t.test(`${id}: ${template}`, () => {
      if (valid) {
        assert.equal(parsePathTemplate(template).text, template);
        return;
      }
      const column = Number(/column (\d+)/.exec(prototypeMessage ?? "")?.[1]);
      assert.throws(
        () => parsePathTemplate(template),
        (error) => error instanceof PathTemplateError && error.column === column,
      );
    });
  }
});

test("reads segments, variables and verb", () => {
  assert.deepEqual(parsePathTemplate("/v1/{name=shelves/*/books/**}/{id}:do%2Dit"), {
    text: "/v1/{name=shelves/*/books/**}/{id}:do%2Dit",
    segments: [
      { kind: "literal", value: "v1" },
      { kind: "literal", value: "shelves" },
      { kind: "single" },
      { kind: "literal", value: "books" },
      { kind: "deep" },
      { kind: "single" },
    ],
    variables: [
      { fieldPath: "name", start: 1, end: 5, multiSegment: true },
      { fieldPath: "id", start: 5, end: 6, multiSegment: false },
    ],
    verb: "do-it",
  });
});

test("calls a variable of one literal single and a variable of ** multi-segment", () => {
  const { variables } = parsePathTemplate("/{a=x}/{b=*}/{c=**}");
  assert.deepEqual(
    variables.map((variable) => variable.multiSegment),
    [false, false, true],
  );
});

test("rejects a field path that is part of another", () => {
  assert.throws(() => parsePathTemplate("/{a}/{a.b}"), /field paths "a" and "a\.b" overlap/);
  assert.throws(() => parsePathTemplate("/{a.b}/{a}"), /overlap \(column 8/);
  assert.equal(parsePathTemplate("/{a}/{ab}").variables.length, 2);
});

test("says what is wrong after a wildcard", () => {
  assert.throws(() => parsePathTemplate("/v1/items/*a"), {
    message: 'unexpected "a" after "*" (column 12 of "/v1/items/*a")',
  });
});

test("rejects a literal that is not UTF-8", () => {
  assert.throws(() => parsePathTemplate("/v1/%FF"), /literal is not valid UTF-8 \(column 5/);
});

test("erases variables in the signature and encodes literals", () => {
  const signature = (text: string) => templateSignature(parsePathTemplate(text));
  assert.equal(signature("/v1/{name=a/*}/{x}:go"), "/v1/a/*/*:go");
  assert.equal(signature("/v1/{y=**}"), "/v1/**");
  assert.equal(signature("/%41/my%20dir"), signature("/A/my%20dir"));
  assert.equal(signature("/"), "/");
});
