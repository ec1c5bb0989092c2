import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePathTemplate, templateSignature } from "../../src/http/parse-path-template.ts";
import { findOverlap } from "../../src/http/route-overlap.ts";
import { compileRouteTable } from "../../src/http/route-table.ts";

const overlaps: readonly [first: string, second: string, expected: string | undefined][] = [
  ["/v1/a", "/v1/b", undefined],
  ["/v1/{id}", "/v1/latest", undefined],
  ["/v1/a", "/v1/a/**", undefined],
  ["/v1/a/{id}", "/v1/a/**", undefined],
  ["/v1/{name=docs/**}", "/v1/{parent=docs/**}/history", undefined],
  ["/q/one/{b}", "/q/{a}/two", "crossing: /q/one/two to the first"],
  ["/q/{a}/two", "/q/one/{b}", "crossing: /q/one/two to the second"],
  [
    "/v1/{name=docs/**}",
    "/v1/{parent=docs/**}/{id}",
    "crossing: /v1/docs/* and longer to the second",
  ],
  ["/v1/x/*/**", "/v1/x/**/*", "shadowed: /v1/x/* and longer to the first"],
  ["/v1/a/**", "/v1/{x}/b", "crossing: /v1/a/b to the first"],
  ["/a/**/x/y", "/a/**/{z}", undefined],
  ["/a/**/x/*", "/a/**/y", "crossing: /a/x/y and longer to the first"],
];

test("tells who gets the paths that two templates share", async (t) => {
  for (const [first, second, expected] of overlaps) {
    await t.test(`${first} and ${second}`, () => {
      const overlap = findOverlap(parsePathTemplate(first), parsePathTemplate(second));
      const text =
        overlap &&
        `${overlap.kind}: ${overlap.paths}${overlap.orLonger ? " and longer" : ""} to the ${overlap.firstWins ? "first" : "second"}`;
      assert.equal(text, expected);
    });
  }
});

/** All paths of up to `length` segments of three words. */
function* paths(length: number, prefix = ""): Generator<string> {
  if (prefix !== "") yield prefix;
  if (length === 0) return;
  for (const word of ["a", "b", "z"]) yield* paths(length - 1, `${prefix}/${word}`);
}

/** All templates of up to `length` segments of two words and the wildcards. */
function* templates(length: number, prefix = ""): Generator<string> {
  if (prefix !== "") yield prefix;
  if (length === 0) return;
  for (const segment of ["a", "b", "*", "**"]) {
    if (segment === "**" && prefix.includes("**")) continue;
    yield* templates(length - 1, `${prefix}/${segment}`);
  }
}

test("agrees with the table about every pair of small templates", () => {
  const all = [...templates(3)].map((text) => ({
    httpMethod: "GET",
    template: parsePathTemplate(text),
  }));
  const targets = ["/", ...paths(5)];
  const matched = new Map(
    all.map((route) => {
      const { match } = compileRouteTable([route]);
      return [route, new Set(targets.filter((target) => match("GET", target)?.status === 200))];
    }),
  );
  for (const [index, a] of all.entries()) {
    for (const b of all.slice(index + 1)) {
      if (templateSignature(a.template) === templateSignature(b.template)) continue;
      const shared = targets.filter(
        (target) => matched.get(a)?.has(target) && matched.get(b)?.has(target),
      );
      const { match } = compileRouteTable([a, b]);
      const winners = new Set(
        shared.map((target) => {
          const found = match("GET", target);
          return found?.status === 200 ? found.route : undefined;
        }),
      );
      const names = `${a.template.text} and ${b.template.text}`;
      if (shared.length === 0) continue;
      assert.equal(winners.size, 1, names);
      const overlap = findOverlap(a.template, b.template);
      const winner = winners.has(a) ? a : b;
      const loser = winner === a ? b : a;
      const unreached = [...(matched.get(loser) ?? [])].every((target) => shared.includes(target));
      assert.equal(overlap?.kind === "shadowed", unreached, names);
      if (overlap !== undefined) assert.equal(overlap.firstWins, winner === a, names);
    }
  }
});
