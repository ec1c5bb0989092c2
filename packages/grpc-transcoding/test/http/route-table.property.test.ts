import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePathTemplate, templateSignature } from "../../src/http/parse-path-template.ts";
import {
  compileRouteTable,
  type Route,
  type RouteTableOptions,
} from "../../src/http/route-table.ts";
import { naiveMatch } from "./naive-matcher.ts";

/** Mulberry32: the same tables and paths in every run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const random = createRandom(20_260_822);

function pick<T>(values: readonly T[]): T {
  return values[random(values.length)] as T;
}

// Few words and short paths, so that templates overlap in every way.
const words = ["a", "b", "c%20d", "x-y"];
const verbs = ["", "", "", ":go", ":a", ":do%2Dit"];
const methods = ["GET", "GET", "POST", "HEAD", "*"];
const pathParts = [
  ...words,
  "%61",
  "b:go",
  "z",
  "",
  "a%2Fb",
  "%E6%96%87",
  ":go",
  "a:b",
  "%3Ago",
  ".",
];
const pathEnds = ["", "", "", ":go", ":a", ":do-it", ":", "/", "?q=/a:go", "#a", "%"];

function randomTemplate(): string {
  let deep = random(3) > 0;
  let variable = 0;
  const length = random(4) + 1;
  const parts: string[] = [];
  for (let index = 0; index < length; index += 1) {
    const kind = random(8);
    if (kind < 3) parts.push(pick(words));
    else if (kind === 3) parts.push("*");
    else if (kind === 4) parts.push(`{v${variable++}}`);
    else if (kind === 5) parts.push(`{v${variable++}=${pick(words)}/*}`);
    else if (!deep) {
      deep = true;
      parts.push(kind === 6 ? "**" : `{v${variable++}=${pick(words)}/**}`);
    } else parts.push("*");
  }
  return `/${parts.join("/")}${pick(verbs)}`;
}

function randomRoutes(): Route[] {
  const routes = new Map<string, Route>();
  for (let count = random(9) + 1; count > 0; count -= 1) {
    const route = { httpMethod: pick(methods), template: parsePathTemplate(randomTemplate()) };
    routes.set(`${route.httpMethod} ${templateSignature(route.template)}`, route);
  }
  return [...routes.values()];
}

function randomUrl(): string {
  const parts = Array.from({ length: random(6) }, () => pick(pathParts));
  return `/${parts.join("/")}${pick(pathEnds)}`;
}

function checkRandomRequests(tables: number, options: RouteTableOptions): void {
  const seen = { 200: 0, 400: 0, 404: 0, 405: 0 };
  for (let table = 0; table < tables; table += 1) {
    const routes = randomRoutes();
    const { match } = compileRouteTable(routes, options);
    for (let request = 0; request < 25; request += 1) {
      const method = pick(["GET", "GET", "HEAD", "POST", "DELETE"]);
      const url = randomUrl();
      const found = match(method, url);
      const expected = naiveMatch(routes, method, url, options);
      seen[found?.status ?? 404] += 1;
      // A deep comparison of every pair would take longer than all matching.
      if (JSON.stringify(found) === JSON.stringify(expected)) continue;
      const texts = routes.map(({ httpMethod, template }) => `${httpMethod} ${template.text}`);
      assert.deepEqual(found, expected, `${method} ${url} in ${texts.join(", ")}`);
    }
  }
  for (const [status, count] of Object.entries(seen)) assert.ok(count > 500, `${status}: ${count}`);
}

test("answers 10^5 random requests as a naive matcher does", () => {
  checkRandomRequests(4000, {});
});

test("does so as well with empty segments and without HEAD as GET", () => {
  checkRandomRequests(2000, { emptySegments: true, headAsGet: false });
});

test("does not depend on the order of the routes", () => {
  for (let table = 0; table < 500; table += 1) {
    const routes = randomRoutes();
    const forward = compileRouteTable(routes);
    const backward = compileRouteTable(routes.toReversed());
    for (let request = 0; request < 20; request += 1) {
      const url = randomUrl();
      assert.deepEqual(forward.match("GET", url), backward.match("GET", url));
    }
  }
});

test("never throws, whatever the target is", () => {
  const { match } = compileRouteTable(randomRoutes());
  const pieces = [
    "/",
    ":",
    "%",
    "%2",
    "%2F",
    "%C3",
    "**",
    "{",
    "?",
    "#",
    "\0",
    "\u00e9",
    "\ud800",
    "http://",
    "a",
    "",
  ];
  for (let index = 0; index < 20_000; index += 1) {
    const url = Array.from({ length: random(8) }, () => pick(pieces)).join("");
    assert.doesNotThrow(() => match("GET", url));
  }
});

test("bounds the worst cases by the size of the table and the path", () => {
  const families = Array.from({ length: 1024 }, (_, bits) => {
    const parts = Array.from({ length: 10 }, (_, at) => ((bits >> at) & 1 ? "a" : "*"));
    return { httpMethod: "GET", template: parsePathTemplate(`/${parts.join("/")}/end`) };
  });
  const tails = Array.from({ length: 500 }, (_, index) => ({
    httpMethod: "GET",
    template: parsePathTemplate(`/deep/**/${"*/".repeat(index % 20)}t${index}:verb`),
  }));
  const { match } = compileRouteTable([...families, ...tails]);
  const hostile = [
    `/${"a/".repeat(10)}miss`,
    `/${"a/".repeat(8000)}`,
    `/deep/${"a/".repeat(8000)}:verb`,
    `/${"%41".repeat(5000)}`,
    `/${":".repeat(16_000)}`,
    `/${"/".repeat(16_000)}:verb`,
  ];
  const started = process.cpuUsage();
  for (let round = 0; round < 20; round += 1) {
    for (const url of hostile) assert.notEqual(match("GET", url)?.status, 200);
  }
  const { user, system } = process.cpuUsage(started);
  // 120 lookups take about 50 ms; a quadratic step would take seconds.
  assert.ok(user + system < 2_000_000, `${user + system} us`);
});
