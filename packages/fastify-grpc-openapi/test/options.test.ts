import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { resolveOptions } from "../src/options.ts";

const docs = readFileSync(new URL("../../../docs/openapi.md", import.meta.url), "utf8");

test("documents every option, and no other", () => {
  const [, table = ""] = docs.split("## Options");
  const rows = table.split("## ")[0]?.match(/^\| `.*?\|/gm) ?? [];
  const names = rows.flatMap((row) => [...row.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name));
  const values: Record<string, unknown> = {
    openapi: "3.1.0",
    componentNames: "short",
    oneof: "union",
    check: "off",
    routes: false,
  };
  assert.equal(names.length, 14);
  const options = Object.fromEntries(names.map((name) => [name, values[name] ?? undefined]));
  assert.doesNotThrow(() => resolveOptions(options));
});

test("leaves its input alone and fills in defaults", () => {
  const given = Object.freeze({ routes: Object.freeze({ json: "/x.json" }) });
  assert.deepEqual(resolveOptions(given), {
    openapi: "3.0.3",
    decorator: "swagger",
    routes: { json: "/x.json", gateways: "/openapi" },
    check: "log",
    document: {},
  });
});
