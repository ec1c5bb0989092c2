import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { GroupRow, OptionRow } from "../../src/options/option-row.ts";
import { namedRows } from "../options/table-rows.ts";

function code(value: unknown): string {
  return `\`${JSON.stringify(value).replaceAll(",", ", ")}\``;
}

function defaultOf(row: OptionRow | GroupRow): string {
  if ("members" in row) {
    if (row.switchable === "off") return "`false`";
    return row.switchable ? "`true`" : "";
  }
  if (row.default === "required") return "required";
  const { standard, "grpc-gateway": other } = row.default;
  if (standard === undefined) return row.otherwise ?? "";
  const same = JSON.stringify(standard) === JSON.stringify(other);
  return same ? code(standard) : `${code(standard)}; ${code(other)} in \`grpc-gateway\``;
}

function linked(help: string): string {
  return help.replaceAll("|", "\\|").replace(/docs\/[\w-]+\.md(?:#[\w-]+)?/g, "[$&](../../$&)");
}

test("the README has every option, with its default in both presets and its help", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const [, table = ""] =
    /^\| option \| default \| \|\n\|---\|---\|---\|\n((?:\|.*\n)+)/m.exec(readme) ?? [];
  const rows = namedRows.map(
    ({ path, row }) => `| \`${path}\` | ${defaultOf(row)} | ${linked(row.help)} |`,
  );
  assert.deepEqual(
    table.trimEnd().replaceAll(" |  |", " | |").split("\n"),
    rows.map((row) => row.replaceAll(" |  |", " | |")),
  );
});
