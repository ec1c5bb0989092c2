import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parsePathTemplate } from "../../src/http/parse-path-template.ts";
import { compileRouteTable, type Route } from "../../src/http/route-table.ts";

interface PathCase {
  readonly id: string;
  readonly bindings: readonly { id: string; method: string; template: string }[];
  readonly method: string;
  readonly url: string;
  readonly expect: {
    readonly status: number;
    readonly binding?: string;
    readonly vars?: Record<string, string>;
    readonly allow?: readonly string[];
  };
}

const vectors = JSON.parse(
  readFileSync(new URL("../vectors/http-rule-and-query.json", import.meta.url), "utf8"),
) as { cases: readonly PathCase[] };

interface NamedRoute extends Route {
  readonly id: string;
}

function routesOf(bindings: PathCase["bindings"]): NamedRoute[] {
  return bindings.map(({ id, method, template }) => ({
    id,
    httpMethod: method,
    template: parsePathTemplate(template),
  }));
}

/** A match in the shape of the vectors. */
function outcome(bindings: PathCase["bindings"], method: string, url: string): PathCase["expect"] {
  const found = compileRouteTable(routesOf(bindings)).match(method, url);
  if (found === undefined) return { status: 404 };
  if (found.status === 400) return { status: 400 };
  if (found.status === 405) return { status: 405, allow: found.allow };
  const vars = found.route.template.variables.map((variable, index) => [
    variable.fieldPath,
    found.captures[index],
  ]);
  return { status: 200, binding: found.route.id, vars: Object.fromEntries(vars) };
}

test("matches every path vector", async (t) => {
  for (const { id, bindings, method, url, expect } of vectors.cases) {
    await t.test(`${id}: ${method} ${url}`, () => {
      assert.deepEqual(outcome(bindings, method, url), expect);
    });
  }
});

test("lists every method of a path with a verb in Allow", () => {
  const bindings = ["GET", "PUT", "DELETE"].map((method) => ({
    id: method,
    method,
    template: "/v1/{name=jobs/*}:lock",
  }));
  assert.deepEqual(outcome(bindings, "POST", "/v1/jobs/a:b:lock"), {
    status: 405,
    allow: ["DELETE", "GET", "HEAD", "PUT"],
  });
});

test("knows no path in the asterisk form", () => {
  const bindings = [{ id: "any", method: "OPTIONS", template: "/**" }];
  assert.deepEqual(outcome(bindings, "OPTIONS", "*"), { status: 404 });
});

test("rejects a raw character beyond ASCII", () => {
  const bindings = [{ id: "any", method: "GET", template: "/**" }];
  assert.deepEqual(outcome(bindings, "GET", "/v1/\u00e9"), { status: 400 });
});

test("keeps the reserved characters of several segments encoded on request", () => {
  const bindings = [{ id: "deep", method: "GET", template: "/v1/{name=**}/{id}" }];
  const url = "/v1/a%2Fb%3Ac/%2fd%20%252F%C3%A9/x%2Fy%3A";
  const captures = (pathUnescape: "spec" | "reserved") => {
    const found = compileRouteTable(routesOf(bindings), { pathUnescape }).match("GET", url);
    return found?.status === 200 ? found.captures : undefined;
  };
  assert.deepEqual(captures("spec"), ["a%2Fb:c/%2fd %2F\u00e9", "x/y:"]);
  assert.deepEqual(captures("reserved"), ["a%2Fb%3Ac/%2fd %2F\u00e9", "x/y:"]);
});

test("gives the first of two routes with one signature", () => {
  const bindings = [
    { id: "first", method: "GET", template: "/v1/{name=items/*}" },
    { id: "second", method: "GET", template: "/v1/items/{id}" },
  ];
  assert.equal(outcome(bindings, "GET", "/v1/items/7").binding, "first");
});

// grpc-gateway v2 runtime/pattern.go: a path is split, and an empty piece is a segment as any other.
const emptySegments: readonly [template: string, url: string, captures: string[] | undefined][] = [
  ["/v1/{id}", "/v1/", [""]],
  ["/v1/*/x/{id}", "/v1//x/1", ["1"]],
  ["/v1/{id}", "/v1/a/", undefined],
  ["/v1/{id}", "//", undefined],
  ["/{id}", "/", [""]],
  ["/", "/", []],
  ["/v1/{name=**}", "/v1", [""]],
  ["/v1/{name=p/*/b/**}", "/v1/p/x%20y/b", ["p/x y/b/"]],
  ["/v1/{name=p/**/b}/{id}", "/v1/p/b/7", ["p//b", "7"]],
  ["/v1/{name=p/*}/**/{id}", "/v1/p/a/7", ["p/a", "7"]],
  ["/v1/{id}:go", "/v1/:go", undefined],
  ["/v1/{id}", "/v1/:go", [":go"]],
  ["/v1/{id}/b:go", "/v1//b:go", [""]],
];

test("takes empty segments on request", () => {
  for (const [template, url, captures] of emptySegments) {
    const routes = routesOf([{ id: "one", method: "GET", template }]);
    const found = compileRouteTable(routes, { emptySegments: true }).match("GET", url);
    assert.deepEqual(found?.status === 200 ? found.captures : undefined, captures, url);
  }
});

test("leaves HEAD to its own routes on request", () => {
  const routes = routesOf([{ id: "get", method: "GET", template: "/v1" }]);
  const { match } = compileRouteTable(routes, { headAsGet: false });
  assert.deepEqual(match("HEAD", "/v1"), { status: 405, allow: ["GET"] });
});
