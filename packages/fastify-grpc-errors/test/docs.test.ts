import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { expectTypeOf } from "expect-type";
import type { FastifyInstance } from "fastify";
import * as exported from "fastify-grpc-errors";
import { createErrorTable, type ErrorTable } from "fastify-grpc-errors";
import { Code, type CodeName, codeName, codeOfHttpStatus, httpStatusOf } from "grpc-transcoding";
import { parse } from "yaml";

const docs = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");

/** The cells of the table rows under a heading. */
function rowsOf(heading: string): string[][] {
  const section = docs.split(/^## /m).find((part) => part.startsWith(heading)) ?? "";
  return section
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

test("docs/errors.md has the table that the code has", () => {
  const rows = rowsOf("The canonical table").slice(1);
  assert.equal(rows.length, 16);
  const rest = createErrorTable({ preset: "rest" });
  for (const [name = "", number, status, other = ""] of rows) {
    const code = Code[name as CodeName];
    assert.deepEqual([Number(number), Number(status)], [code, httpStatusOf(code)], name);
    const failure = { status: { code, message: "", details: [] }, origin: "service" } as const;
    // INVALID_ARGUMENT changes only with a detail.
    const changed = /^\d+$/.test(other) ? Number(other) : Number(status);
    assert.equal(rest.toHttp(failure, {}).statusCode, changed, name);
  }
});

test("docs/errors.md has the reverse table that the code has", () => {
  const pairs = rowsOf("HTTP to gRPC").flatMap(([a, b, c, d]) => [
    [a, b],
    [c, d],
  ]);
  const numbered = pairs.filter(([statuses = ""]) => /^\d/.test(statuses));
  assert.ok(numbered.length > 10);
  for (const [statuses = "", name] of numbered) {
    for (const status of statuses.split(", ")) {
      assert.equal(codeName(codeOfHttpStatus(Number(status))), name, status);
    }
  }
});

test("docs/errors.md names every start-up error and every option", () => {
  const named = new Set(docs.match(/FST_GRPC_ERRORS_[A-Z_]*[A-Z]/g));
  const thrown = Object.keys(exported).filter((name) => name.startsWith("FST_"));
  assert.deepEqual([...named].sort(), thrown.sort());
});

test("every YAML recipe of docs/errors.md is a valid table", () => {
  const snippets = [...docs.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml = ""]) => yaml);
  assert.ok(snippets.length >= 3);
  for (const yaml of snippets) createErrorTable(parse(yaml));
});

test("the decorator has the type that the core owns", () => {
  expectTypeOf<FastifyInstance["grpcErrors"]>().toEqualTypeOf<ErrorTable>();
});
