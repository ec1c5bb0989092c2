import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePathTemplate } from "../../src/http/parse-path-template.ts";
import {
  conflictProblems,
  findRouteConflicts,
  formatConflict,
} from "../../src/http/route-conflicts.ts";
import type { Route } from "../../src/http/route-table.ts";
import { bindingOf } from "../protos/methods.ts";

function routes(...texts: string[]): Route[] {
  return texts.map((text) => {
    const [httpMethod = "", template = ""] = text.split(" ");
    return { httpMethod, template: parsePathTemplate(template) };
  });
}

function conflictsOf(...texts: string[]): string[] {
  return findRouteConflicts([{ name: "", routes: routes(...texts) }]).map(formatConflict);
}

test("reports a duplicate once per route that is not reached", () => {
  assert.deepEqual(conflictsOf("GET /v1/{a}", "GET /v1/{b}", "GET /v1/{c=*}", "POST /v1/{a}"), [
    'GET "/v1/{b}" duplicates GET "/v1/{a}"; change one template or set onConflict',
    'GET "/v1/{c=*}" duplicates GET "/v1/{a}"; change one template or set onConflict',
  ]);
});

test("keeps verbs and methods apart", () => {
  assert.deepEqual(conflictsOf("GET /q/one/{b}:go", "GET /q/{a}/two", "POST /q/one/{b}"), []);
});

test("says who gets the shared paths", () => {
  assert.deepEqual(conflictsOf("GET /q/{a}/two:go", "GET /q/one/{b}:go"), [
    'GET "/q/{a}/two:go" overlaps GET "/q/one/{b}:go": the paths /q/one/two:go go to the latter, the others as their templates say',
  ]);
});

test("says that a route is never reached", () => {
  assert.deepEqual(conflictsOf("GET /x/**/*", "GET /x/*/**"), [
    'GET "/x/**/*" is never reached: all its paths go to GET "/x/*/**"',
  ]);
});

test("finds conflicts among gateways under their prefixes, and names both", () => {
  const conflicts = findRouteConflicts([
    { name: "shop", prefix: "/api", routes: routes("GET /v1/{id}") },
    { name: "main", routes: routes("GET /api/v1/{name=*}", "GET /v1/{id}") },
  ]);
  assert.deepEqual(conflicts.map(formatConflict), [
    'gateway "main": GET "/api/v1/{name=*}" duplicates gateway "shop": GET "/v1/{id}"; change one template or set onConflict',
  ]);
});

test("names methods and places of bindings", () => {
  const rule = { get: "/v1/{name=books/*}" };
  const bindings = [bindingOf("GetBook", rule), bindingOf("GetBook", rule)];
  assert.deepEqual(findRouteConflicts([{ name: "", routes: bindings }]).map(formatConflict), [
    'library.proto:15: library.v1.Library/GetBook: GET "/v1/{name=books/*}" duplicates library.v1.Library/GetBook: GET "/v1/{name=books/*}" at library.proto:15; change one template or set onConflict',
  ]);
});

test("makes duplicates errors, warnings or nothing, and overlaps warnings", () => {
  const conflicts = findRouteConflicts([
    { name: "", routes: routes("GET /q/{a}/two", "GET /q/one/{b}", "GET /q/one/{c}") },
  ]);
  const severities = (onConflict: "error" | "first" | "warn") =>
    conflictProblems(conflicts, onConflict).map(({ code, severity }) => `${code} ${severity}`);
  assert.deepEqual(severities("error"), [
    "GW_DUPLICATE_BINDING error",
    "GW_CROSSING_BINDINGS warning",
  ]);
  assert.deepEqual(severities("warn"), [
    "GW_DUPLICATE_BINDING warning",
    "GW_CROSSING_BINDINGS warning",
  ]);
  assert.deepEqual(severities("first"), ["GW_CROSSING_BINDINGS warning"]);
});
