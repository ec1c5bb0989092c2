import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { parsePathTemplate } from "../../src/http/parse-path-template.ts";
import { findRouteConflicts } from "../../src/http/route-conflicts.ts";
import { compileRouteTable, type Route } from "../../src/http/route-table.ts";

type Rule = readonly [httpMethod: string, template: string, body?: string, responseBody?: string];
type Rpcs = Readonly<Record<string, readonly Rule[]>>;
type Api = Readonly<Record<string, Readonly<Record<string, Rpcs>>>>;

const { rules, bindings } = JSON.parse(
  gunzipSync(
    readFileSync(new URL("../vectors/googleapis-rules.json.gz", import.meta.url)),
  ).toString(),
) as { rules: Readonly<Record<string, Api>>; bindings: number };

interface RpcRoute extends Route {
  readonly rpc: string;
}

/** The routes of one package, which is what one gateway would serve. */
function routesOf(services: Readonly<Record<string, Rpcs>>): RpcRoute[] {
  return Object.entries(services).flatMap(([service, rpcs]) =>
    Object.entries(rpcs).flatMap(([name, list]) =>
      list.map(([httpMethod, template]) => ({
        rpc: `${service}.${name}`,
        httpMethod,
        template: parsePathTemplate(template),
      })),
    ),
  );
}

/** A path of the template with segments that no template has as a literal. */
function urlOf({ template }: Route): string {
  const segments = template.segments.flatMap((segment, index) => {
    if (segment.kind === "literal") return [encodeURIComponent(segment.value)];
    return segment.kind === "single" ? [`id-${index}`] : [`id-${index}`, "more"];
  });
  return `/${segments.join("/")}${template.verb && `:${template.verb}`}`;
}

test("routes one path per binding of googleapis to that binding, but for the overlaps", async (t) => {
  let total = 0;
  const elsewhere: string[] = [];
  for (const [name, services] of Object.values(rules).flatMap((api) => Object.entries(api))) {
    const routes = routesOf(services);
    total += routes.length;
    const table = compileRouteTable(routes);
    const conflicts = findRouteConflicts([{ name: "", routes }]);
    for (const route of routes) {
      const found = table.match(route.httpMethod, urlOf(route));
      assert.equal(found?.status, 200, `${name}: ${route.httpMethod} ${route.template.text}`);
      if (found.route === route) continue;
      elsewhere.push(`${name} ${route.rpc}`);
      // What goes elsewhere was announced, and it goes where the announcement says.
      assert.ok(
        conflicts.some(
          ({ winner, loser }) => loser.route === route && winner.route === found.route,
        ),
        `${name}: ${route.template.text} went to ${found.route.template.text}`,
      );
    }
  }
  assert.equal(total, bindings);
  t.diagnostic(`${elsewhere.length} of ${total} bindings go elsewhere: ${elsewhere.join(", ")}`);
  assert.deepEqual(elsewhere.length, 13);
});

test("loads all of googleapis as one table", () => {
  const routes = Object.values(rules).flatMap((api) => Object.values(api).flatMap(routesOf));
  const { match } = compileRouteTable(routes);
  for (const route of routes) assert.equal(match(route.httpMethod, urlOf(route))?.status, 200);
});

test("finds the overlaps of compute and of Firestore", () => {
  const conflictsOf = (api: string, version: string) =>
    findRouteConflicts([{ name: "", routes: routesOf(rules[api]?.[version] ?? {}) }]);
  const compute = conflictsOf("google.cloud.compute", "google.cloud.compute.v1");
  assert.ok(compute.length > 0);
  assert.ok(compute.every(({ kind }) => kind === "crossing"));
  const [firestore] = conflictsOf("google.firestore", "google.firestore.v1");
  assert.equal(firestore?.kind, "crossing");
  assert.equal(firestore?.orLonger, true);
  assert.match(firestore?.winner.route.template.text ?? "", /collection_id/);
});
