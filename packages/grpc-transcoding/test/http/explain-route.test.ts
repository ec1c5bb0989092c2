import assert from "node:assert/strict";
import { test } from "node:test";
import { explainRoute, formatExplanation } from "../../src/http/explain-route.ts";
import { parsePathTemplate } from "../../src/http/parse-path-template.ts";
import type { NamedRoutes } from "../../src/http/route-conflicts.ts";

function gateway(name: string, prefix: string, ...texts: string[]): NamedRoutes {
  const routes = texts.map((text) => {
    const [httpMethod = "", template = ""] = text.split(" ");
    return { httpMethod, template: parsePathTemplate(template) };
  });
  return { name, prefix, routes };
}

const shelves = gateway(
  "",
  "",
  "GET /v1/{name=shelves/*}",
  "GET /v1/shelves/main",
  "GET /v1/**",
  "POST /v1/{name=shelves/*}:move",
  "POST /v1/{name=shelves/*}",
  "DELETE /v1/{name=shelves/*}",
);

function explain(method: string, url: string, ...gateways: NamedRoutes[]): string[] {
  return formatExplanation(explainRoute(gateways, method, url)).split("\n");
}

test("tells the chosen route, its captures, and why the others lost", () => {
  assert.deepEqual(explain("GET", "/v1/shelves/a%20b?x=1", shelves), [
    "GET /v1/shelves/a%20b?x=1",
    '-> GET "/v1/{name=shelves/*}"',
    '   name = "shelves/a b"',
    "not chosen:",
    '   GET "/v1/**": is less specific than "/v1/{name=shelves/*}"',
    '   POST "/v1/{name=shelves/*}": is bound to POST',
    '   DELETE "/v1/{name=shelves/*}": is bound to DELETE',
  ]);
});

test("tells that a verb goes before data", () => {
  const lines = explain("POST", "/v1/shelves/1:move", shelves);
  assert.equal(lines[1], '-> POST "/v1/{name=shelves/*}:move"');
  assert.ok(
    lines.includes(
      '   POST "/v1/{name=shelves/*}": a route with the verb ":move" goes before one that takes the colon as data',
    ),
  );
});

test("tells the methods of a path that has others", () => {
  const explanation = explainRoute([shelves], "PUT", "/v1/shelves/1");
  assert.equal(explanation.status, 405);
  assert.deepEqual(explanation.allow, ["DELETE", "GET", "HEAD", "POST"]);
  assert.equal(explanation.lost[0]?.reason, "is bound to GET");
  assert.deepEqual(formatExplanation(explanation).split("\n").slice(0, 2), [
    "PUT /v1/shelves/1",
    "-> 405, allowed: DELETE, GET, HEAD, POST",
  ]);
});

test("tells where the closest routes fail", () => {
  const api = gateway("", "", "GET /v1/shelves/{id}/books", "GET /v2/x", "GET /v1/shelves/**/tail");
  assert.deepEqual(explain("GET", "/v1/shelves/7/book", api), [
    "GET /v1/shelves/7/book",
    "-> 404: no route",
    "closest:",
    '   GET "/v1/shelves/{id}/books": segment 4 is "book", expected "books"',
    '   GET "/v1/shelves/**/tail": the path does not end in "tail"',
    '   GET "/v2/x": segment 1 is "v1", expected "v2"',
  ]);
  assert.deepEqual(
    explain("GET", "/v1/shelves", api)[3],
    '   GET "/v1/shelves/{id}/books": the path ends before "*"',
  );
  assert.deepEqual(
    explain("GET", "/v2/x/y", api)[3],
    '   GET "/v2/x": the template ends before "y"',
  );
});

test("tells why a path is refused", () => {
  assert.deepEqual(explain("GET", "/v1/%zz", shelves), [
    "GET /v1/%zz",
    "-> 400: the path has a malformed percent-encoding or is not UTF-8",
  ]);
});

test("asks several gateways in order, each under its prefix", () => {
  const first = gateway("first", "/api", "GET /v1/{id}", "* /v1/{id}");
  const second = gateway("second", "", "GET /api/v1/{id}", "GET /v1/{id}");
  assert.deepEqual(explain("GET", "/api/v1/7", first, second), [
    "GET /api/v1/7",
    '-> gateway "first": GET "/v1/{id}"',
    '   id = "7"',
    "not chosen:",
    '   gateway "first": * "/v1/{id}": GET is bound itself, which goes before *',
    '   gateway "second": GET "/api/v1/{id}": gateway "first" is asked first',
  ]);
  assert.equal(explainRoute([first, second], "GET", "/v1/7").chosen?.set, second);
});

test("tells the first of two routes of the same paths", () => {
  const twice = gateway("", "", "GET /v1/{a}", "GET /v1/{b}");
  assert.equal(
    explainRoute([twice], "GET", "/v1/1").lost[0]?.reason,
    "a route of the same paths is first",
  );
});
