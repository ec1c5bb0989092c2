import assert from "node:assert/strict";
import { test } from "node:test";
import { KeptMasks } from "../../src/rest/kept-masks.ts";

test("a mask is compiled once for its route, and once more for another", () => {
  const kept = new KeptMasks<string>();
  let compiled = 0;
  const routes = [1, 2].map((route) =>
    kept.ofRoute((text) => {
      compiled += 1;
      return `${route} ${text}`;
    }),
  );
  for (let round = 0; round < 3; round++) {
    assert.deepEqual(
      routes.map((find) => find("a")),
      ["1 a", "2 a"],
    );
  }
  assert.equal(compiled, 2);
});

test("many masks of many routes have one bound, and those used last stay", () => {
  const kept = new KeptMasks<string>();
  const compiled: string[] = [];
  const routes = Array.from({ length: 500 }, () =>
    kept.ofRoute((text) => {
      compiled.push(text);
      return text;
    }),
  );
  const used = routes[0]?.("used");
  for (const [i, find] of routes.entries()) {
    for (let n = 0; n < 10; n++) find(`${i}.${n}${",name".repeat(80)}`);
    assert.equal(routes[0]?.("used"), used);
  }
  assert.equal(compiled.filter((text) => text === "used").length, 1);
  const before = compiled.length;
  const again = (n: number) => routes[n]?.(`${n}.9${",name".repeat(80)}`);
  again(499);
  assert.equal(compiled.length, before);
  // 64 KiB of text are 160 of these: the first are forgotten.
  again(0);
  assert.equal(compiled.length, before + 1);
});

test("one that fails is not kept, and is told again", () => {
  const kept = new KeptMasks<string>();
  const find = kept.ofRoute((text) => {
    throw new Error(text);
  });
  assert.throws(() => find("a"), { message: "a" });
  assert.throws(() => find("a"), { message: "a" });
});
