import assert from "node:assert/strict";
import { test } from "node:test";
import { Code } from "grpc-transcoding";
import { gatewayDomain } from "grpc-transcoding/internal";
import {
  comparePrecedence,
  type FailureFacts,
  matchesRule,
  type Rule,
} from "../../src/table/rule.ts";
import { indexRules } from "../../src/table/rule-index.ts";

const tables = 10_000;

/** mulberry32: a small generator with a fixed seed, so that a failure can be repeated. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const tenants = ["red", "blue"];
const methods = ["a.v1.S/Get", "a.v1.S/Put", "a.v1.T/Get", "b.v1.S/Get"];
const patterns = [...methods, "a.v1.S/*", "a.v1.*", "a.*", "b.v1.S/*"];
const domains = ["d1", "d2", gatewayDomain];
const reasons = ["R_ONE", "R_TWO"];
const details = ["google.rpc.BadRequest", "google.rpc.Help", "x.Y"];
const codes = Object.values(Code).slice(1);

function randomRule(random: () => number, at: number): Rule {
  const maybe = <T>(values: readonly T[], chance: number): T | undefined =>
    random() < chance ? values[Math.floor(random() * values.length)] : undefined;
  const text = maybe(patterns, 0.4);
  const members = {
    tenant: maybe(tenants, 0.3),
    method: text && {
      text,
      exact: !text.endsWith("*"),
      prefix: text.replace(/\*$/, ""),
    },
    domain: maybe(domains, 0.3),
    reason: maybe(reasons, 0.3),
    detail: maybe(details, 0.3),
    code: maybe(codes.slice(0, 4), 0.6),
  };
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(given),
    path: `rules[${at}]`,
    preset: random() < 0.1,
    outcome: {},
  };
}

function randomFacts(random: () => number): FailureFacts {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  return {
    origin: random() < 0.2 ? "gateway" : "service",
    code: pick(codes.slice(0, 5)),
    tenant: pick([...tenants, "unknown", undefined]),
    method: pick([...methods, "c.v1.S/Get", undefined]),
    ...(random() < 0.5
      ? { domain: pick([...domains, "d9"]), reason: pick([...reasons, "R_NINE"]) }
      : { domain: undefined, reason: undefined }),
    details: details.filter(() => random() < 0.4).sort(() => random() - 0.5),
  };
}

/** Rules with equal conditions are refused at start, so a table has none. */
function withoutDuplicates(rules: readonly Rule[]): readonly Rule[] {
  const key = ({ path: _, outcome: __, ...rule }: Rule) =>
    JSON.stringify(Object.entries(rule).sort());
  return [...new Map(rules.map((rule) => [key(rule), rule])).values()];
}

function naive(rules: readonly Rule[], facts: FailureFacts): readonly Rule[] {
  return rules
    .filter((rule) => matchesRule(rule, facts))
    .toSorted((a, b) => comparePrecedence(a, b, facts.details));
}

test(`the compiled lookup answers as a walk over all rules does, in ${tables} random tables`, () => {
  const random = randomFrom(6);
  let matches = 0;
  for (let round = 0; round < tables; round += 1) {
    const count = 1 + Math.floor(random() * 12);
    const rules = withoutDuplicates(
      Array.from({ length: count }, (_, at) => randomRule(random, at)),
    );
    const match = indexRules(rules);
    for (let failure = 0; failure < 8; failure += 1) {
      let facts = randomFacts(random);
      // An ErrorInfo is a detail: there is no reason without one.
      if (facts.reason !== undefined) {
        facts = { ...facts, details: ["google.rpc.ErrorInfo", ...facts.details] };
      }
      const expected = naive(rules, facts);
      matches += expected.length;
      assert.deepEqual(match(facts), expected, JSON.stringify({ round, facts, rules }));
    }
  }
  assert.ok(matches > tables, `only ${matches} rules matched: the generator is too narrow`);
});

const precedence: [name: string, winner: Partial<Rule>, loser: Partial<Rule>][] = [
  ["a tenant outranks a method", { tenant: "red" }, { method: pattern("a.v1.S/Get") }],
  [
    "an exact method outranks a prefix",
    { method: pattern("a.v1.S/Get") },
    { method: pattern("a.v1.S/*") },
  ],
  [
    "a longer prefix outranks a shorter",
    { method: pattern("a.v1.S/*") },
    { method: pattern("a.v1.*") },
  ],
  [
    "a method outranks domain and reason",
    { method: pattern("a.*") },
    { domain: "d1", reason: "R_ONE" },
  ],
  ["domain and reason outrank a reason", { domain: "d1", reason: "R_ONE" }, { reason: "R_ONE" }],
  ["a reason outranks a domain", { reason: "R_ONE" }, { domain: "d1" }],
  ["a reason outranks code and detail", { reason: "R_ONE" }, { code: 3, detail: "x.Y" }],
  ["code and detail outrank a detail", { code: 3, detail: "x.Y" }, { detail: "x.Y" }],
  ["a detail outranks a code", { detail: "x.Y" }, { code: 3 }],
  ["a code outranks a preset", { code: 3 }, { code: 3, detail: "x.Y", preset: true }],
  [
    "the detail that stands first in the status wins",
    { detail: "x.Y" },
    { detail: "google.rpc.Help" },
  ],
];

function pattern(text: string) {
  return { text, exact: !text.endsWith("*"), prefix: text.replace(/\*$/, "") };
}

for (const [name, winner, loser] of precedence) {
  test(name, () => {
    const facts: FailureFacts = {
      origin: "service",
      code: 3,
      tenant: "red",
      method: "a.v1.S/Get",
      domain: "d1",
      reason: "R_ONE",
      details: ["google.rpc.ErrorInfo", "x.Y", "google.rpc.Help"],
    };
    const base = { preset: false, outcome: {} };
    const rules: Rule[] = [
      { ...base, path: "winner", ...winner },
      { ...base, path: "loser", ...loser },
    ];
    for (const order of [rules, rules.toReversed()]) {
      assert.deepEqual(
        indexRules(order)(facts).map((rule) => rule.path),
        ["winner", "loser"],
      );
    }
  });
}

test("tenants that no rule names do not grow the index", () => {
  const match = indexRules([{ path: "p", preset: false, tenant: "red", outcome: {} }]);
  const before = process.memoryUsage().heapUsed;
  for (let at = 0; at < 100_000; at += 1) {
    const facts = { ...randomFacts(() => 0.5), tenant: `t${at}`, origin: "service" } as const;
    assert.equal(match(facts).length, 0);
  }
  // A scope apiece would take more than 50 MB.
  assert.ok(process.memoryUsage().heapUsed - before < 40e6);
});
