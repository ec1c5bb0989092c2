import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parsePathTemplate } from "../../src/http/parse-path-template.ts";
import { compileRouteTable } from "../../src/http/route-table.ts";

const page = readFileSync(new URL("../../../../docs/http-mapping.md", import.meta.url), "utf8");

/** The rows of the page's tables of template, request and result. */
const rows = [...page.matchAll(/^\| `(\S+) (\S+)` \| `(\S+) (\S+)` \| (.+) \|$/gm)];

/** The answer of a table of one route, as the page writes it. */
function answer(httpMethod: string, text: string, method: string, url: string): string {
  const template = parsePathTemplate(text);
  const found = compileRouteTable([{ httpMethod, template }]).match(method, url);
  if (found === undefined) return "404";
  if (found.status === 400) return "400";
  if (found.status === 405) return `405 ${found.allow.join(", ")}`;
  const captures = template.variables.map(
    ({ fieldPath }, index) => `${fieldPath}=\`${found.captures[index]}\``,
  );
  return captures.join(", ") || "200";
}

test("the examples of docs/http-mapping.md hold", async (t) => {
  assert.ok(rows.length > 20);
  for (const [, httpMethod = "", template = "", method = "", url = "", result] of rows) {
    await t.test(`${httpMethod} ${template} for ${method} ${url}`, () => {
      assert.equal(answer(httpMethod, template, method, url), result);
    });
  }
});
