import assert from "node:assert/strict";
import { test } from "node:test";
import type { TenantSurroundings } from "../../src/document/check-tenants.ts";
import type { DocumentError } from "../../src/document/document-problem.ts";
import { readTenants, type TenantsDocument } from "../../src/document/read-tenants.ts";

const surroundings: TenantSurroundings = {
  policies: ["audit", "signed"],
  upstreams: ["ledger"],
  allowTargets: undefined,
  reserved: ["/docs", "/openapi"],
  readsAnywhere: true,
  needsApi: true,
  needsUpstream: true,
  hasHeader: true,
};

function read(text: string, other: Partial<TenantSurroundings> = {}): TenantsDocument {
  return readTenants(text, "tenants.yaml", { ...surroundings, ...other });
}

/** The lines that a document is refused with. */
function refused(text: string, other: Partial<TenantSurroundings> = {}): readonly string[] {
  try {
    read(text, other);
  } catch (error) {
    assert.equal((error as DocumentError).code, "FST_GRPC_TENANTS_DOCUMENT");
    return (error as Error).message.split("\n");
  }
  assert.fail("the document was read");
}

/** A document of one tenant, its other lines below it. */
const one = (lines = "", id = "pay"): string =>
  `tenants:\n  - id: ${id}\n    proto_path: pay\n    upstream: pay:50051\n${lines}`;

const whole = `
tenants:
  - id: pay-core
    prefix: /pay
    hosts: [pay.example.com, "pay.example.com:8443", "[::1]:80"]
    proto_path: [protos/pay, protos/common]
    include_dirs: [third_party]
    services: ["pay.v1.*"]
    upstream: ledger
    cors:
      allow_origins: ["https://pay.example.com", "http://[::1]:3000"]
      allow_credentials: true
      max_age: 600
    limits:
      per_key: { by: apiKey, capacity: 1200, refill_per_second: 20, costs: { "pay.v1.*": 2 } }
      both: { by: [tenant, { header: x-plan }], capacity: 1, refill_per_second: 0.5 }
    breaker: { failure_rate: 60, minimum_calls: 5, reset_ms: 30000 }
    bulkhead: { max_concurrent: 10 }
    errors:
      codes: { FAILED_PRECONDITION: 422 }
      mask_internal: false
      rules:
        - when: { reason: NO_MONEY, code: FAILED_PRECONDITION }
          then: { status: 402, strip_details: true, headers: { x_kept: a } }
    deadline: { default_ms: 1000, methods: { "pay.v1.Pay.Slow_one": 5000 } }
    json: { unknown_fields: ignore }
    unknown_query: [trace_id]
    message_limits: { max_body_bytes: 1024 }
    docs: false
    policies: [audit]
`;

test("a document is read with its members in camelCase and its own names as they are", () => {
  assert.deepEqual(read(whole).tenants, [
    {
      id: "pay-core",
      prefix: "/pay",
      hosts: ["pay.example.com", "pay.example.com:8443", "[::1]:80"],
      protoPath: ["protos/pay", "protos/common"],
      includeDirs: ["third_party"],
      services: ["pay.v1.*"],
      upstream: "ledger",
      cors: {
        allowOrigins: ["https://pay.example.com", "http://[::1]:3000"],
        allowCredentials: true,
        maxAge: 600,
      },
      limits: {
        per_key: {
          by: "apiKey",
          capacity: 1200,
          refillPerSecond: 20,
          costs: { "pay.v1.*": 2 },
        },
        both: { by: ["tenant", { header: "x-plan" }], capacity: 1, refillPerSecond: 0.5 },
      },
      breaker: { failureRate: 60, minimumCalls: 5, resetMs: 30000 },
      bulkhead: { maxConcurrent: 10 },
      errors: {
        codes: { FAILED_PRECONDITION: 422 },
        maskInternal: false,
        rules: [
          {
            when: { reason: "NO_MONEY", code: "FAILED_PRECONDITION" },
            // biome-ignore lint/suspicious/noThenProperty: the error table names it so.
            then: { status: 402, stripDetails: true, headers: { x_kept: "a" } },
          },
        ],
      },
      deadline: { defaultMs: 1000, methods: { "pay.v1.Pay.Slow_one": 5000 } },
      json: { unknownFields: "ignore" },
      unknownQuery: ["trace_id"],
      messageLimits: { maxBodyBytes: 1024 },
      docs: false,
      policies: ["audit"],
    },
  ]);
});

test("JSON is read as well, and a document may have no tenants", () => {
  const json = JSON.stringify({ tenants: [{ id: "a", proto_path: "p", upstream: "a:1" }] });
  assert.deepEqual(read(json).tenants, [{ id: "a", protoPath: "p", upstream: "a:1" }]);
  assert.deepEqual(read("tenants: []").tenants, []);
});

test("all that is wrong is told at once, each with its place, in the order of the document", () => {
  const text = `tenants:
  - id: 0123
    proto_path: pay
    upstream: pay:50051
    cors: { allow_origin: ["https://a.example"] }
  - id: risk
    prefix: risk/
    proto_path: risk
    descriptor_set: risk.binpb
    upstream: risk:50051
  - id: risk2
    proto_path: risk
    upstream: ledgr
    policies: [audti]
`;
  assert.deepEqual(refused(text), [
    'tenants.yaml:2:9: tenants[0].id is the number 123: quote it to make it a text: "0123"',
    'tenants.yaml:5:11: tenants[0].cors lacks "allow_origins"',
    'tenants.yaml:5:13: tenants[0].cors.allow_origin does not exist. Did you mean "allow_origins"?',
    'tenants.yaml:7:13: tenants[1].prefix is "risk/": give a path without escapes and without a slash at its end, such as /pay',
    'tenants.yaml:13:15: "ledgr" is no target such as "pay:50051", nor one of the app\'s upstreams: ledger. Did you mean "ledger"?',
    'tenants.yaml:14:16: the app has no policy "audti"; it has audit, signed. Did you mean "audit"?',
  ]);
});

const wrong: readonly [what: string, text: string, line: RegExp][] = [
  ["an empty document", "", /^tenants.yaml:1:1: the document is empty: give an object$/],
  ["no tenants", "{}", /:1:1: the document lacks "tenants"$/],
  ["tenants that are no list", "tenants: {}", /:1:10: tenants is \{\}: give a list$/],
  ["a tenant that is none", "tenants: [pay]", /:1:11: tenants\[0\] is "pay": give an object$/],
  ["a tenant without an id", "tenants: [{ proto_path: a }]", /:1:11: .* lacks "id"$/],
  [
    "a member that is nothing like one",
    one("    colour: red\n"),
    /:5:5: tenants\[0\].colour does not exist. Known are id, prefix, /,
  ],
  [
    "a member named __proto__",
    one("    __proto__: {}\n"),
    /:5:5: tenants\[0\].__proto__ does not exist/,
  ],
  ["a merge key", one("    <<: {}\n"), /:5:5: tenants\[0\]\["<<"\] does not exist/],
  ["a version as an id", one("", "1.0"), /id is the number 1: quote it to make it a text: "1.0"$/],
  [
    "a yes as an id",
    one("", "true"),
    /id is the boolean true: quote it to make it a text: "true"$/,
  ],
  ["an id of capitals", one("", "Pay"), /id is "Pay": give 1 to 63 of a-z, 0-9 and '-'/],
  ["an id that begins with a dash", one("", "-pay"), /id is "-pay"/],
  ["an id with a line behind it", one("", '"pay\\n"'), /id is "pay\\n"/],
  ["an id that is too long", one("", "a".repeat(64)), /id is "aaaa/],
  ["an id that is empty", one("", '""'), /id is ""/],
  [
    "a member without a value",
    one("    cors:\n"),
    /:5:10: tenants\[0\].cors is empty: give an object$|:5:5: tenants\[0\].cors is empty: give an object$/,
  ],
  ["an empty list", one("    hosts: []\n"), /hosts is empty: leave it out, or fill it$/],
  ["a prefix with an escape", one("    prefix: /p%61y\n"), /prefix is "\/p%61y"/],
  ["a prefix that is the root", one("    prefix: /\n"), /prefix is "\/"/],
  ["a prefix of dots", one("    prefix: /..\n"), /prefix is "\/.."/],
  [
    "a host with a scheme",
    one('    hosts: ["https://a.example"]\n'),
    /:5:13: tenants\[0\].hosts\[0\] is "https:\/\/a.example": give a host name/,
  ],
  [
    "an origin with a path",
    one('    cors: { allow_origins: ["https://a.example/"] }\n'),
    /allow_origins\[0\] is "https:\/\/a.example\/": give "\*", or an origin/,
  ],
  [
    "an origin twice",
    one('    cors: { allow_origins: ["*", "*"] }\n'),
    /allow_origins has "\*" twice$/,
  ],
  [
    "credentials for all",
    one('    cors: { allow_origins: ["*"], allow_credentials: true }\n'),
    /:5:54: credentials cannot go with the origin "\*"/,
  ],
  [
    "a limit without a capacity",
    one("    limits: { a: { by: tenant, refill_per_second: 1 } }\n"),
    /limits.a lacks "capacity"$/,
  ],
  [
    "a limit of nothing",
    one("    limits: { a: { by: tenant, capacity: 0, refill_per_second: 1 } }\n"),
    /capacity is 0: give a number from 1 to 1000000000000$/,
  ],
  [
    "a limit by nothing known",
    one("    limits: { a: { by: planet, capacity: 1, refill_per_second: 1 } }\n"),
    /limits.a.by is "planet": give one of tenant, apiKey/,
  ],
  [
    "a limit with a name that no header takes",
    one('    limits: { "a b": { by: tenant, capacity: 1, refill_per_second: 1 } }\n'),
    /:5:15: tenants\[0\].limits\["a b"\]: name it by letters/,
  ],
  [
    "a member in camelCase",
    one("    breaker: { failureRate: 1 }\n"),
    /breaker.failureRate does not exist. Did you mean "failure_rate"\?$/,
  ],
  [
    "a rate over 100",
    one("    breaker: { failure_rate: 101 }\n"),
    /failure_rate is 101: give a number from 0 to 100$/,
  ],
  [
    "a choice that is none",
    one("    json: { naming: jsn }\n"),
    /naming is "jsn": use one of json, proto. Did you mean "json"\?$/,
  ],
  [
    "a part of a number",
    one("    bulkhead: { max_concurrent: 1.5 }\n"),
    /max_concurrent is 1.5: give a whole number$/,
  ],
  [
    "a text for a number",
    one("    bulkhead: { max_concurrent: ten }\n"),
    /max_concurrent is "ten": give a whole number$/,
  ],
  [
    "a prefix where documents are",
    one("    prefix: /docs/pay\n"),
    /:5:13: the prefix "\/docs\/pay" overlaps with \/docs, where documents are$/,
  ],
  [
    "two APIs",
    one("    descriptor_set: a.binpb\n"),
    /:5:21: proto_path and descriptor_set name two APIs/,
  ],
  ["no API", "tenants: [{ id: a, upstream: a:1 }]", /tenant "a" has no API/],
  [
    "include dirs of nothing",
    "tenants: [{ id: a, descriptor_set: a, upstream: a:1, include_dirs: [b] }]",
    /include_dirs are where imports of proto_path/,
  ],
  ["no upstream", "tenants: [{ id: a, proto_path: a }]", /tenant "a" has no upstream/],
  ["two keys of one name", "tenants: []\ntenants: []", /:2:1: Map keys must be unique$/],
  ["a tag that nobody knows", "tenants: !!js/function []", /:1:10: Unresolved tag/],
  ["text that is no YAML", "tenants: [", /:1:11: /],
  ["an alias to nothing", "tenants: *a", /Unresolved alias/],
];

for (const [what, text, line] of wrong) {
  test(`${what} is refused with its place`, () => {
    const lines = refused(text);
    assert.equal(lines.length, 1, lines.join("\n"));
    assert.match(lines[0] ?? "", line);
  });
}

test("ids, hosts and prefixes belong to one tenant each", () => {
  const two = (first: string, second: string, ids = ["a", "b"]) =>
    refused(
      `tenants:\n  - { id: ${ids[0]}, proto_path: a, upstream: a:1, ${first} }\n  - { id: ${ids[1]}, proto_path: a, upstream: a:1, ${second} }\n`,
    );
  assert.match(
    String(two("docs: true", "docs: true", ["a", "a"])),
    /^tenants.yaml:3:11: two tenants have the id "a"$/,
  );
  assert.match(
    String(two("prefix: /a", "prefix: /a")),
    /the prefix "\/a" of "b" overlaps with "\/a" of "a"/,
  );
  assert.match(String(two("prefix: /a/b", "prefix: /a")), /overlaps/);
  assert.match(String(two("prefix: /a", "prefix: /a/b")), /overlaps/);
  assert.match(
    String(two("hosts: [a.example]", "hosts: [a.example]")),
    /the host "a.example" is that of "a" already/,
  );
  const apart = one("    prefix: /a\n").replace(
    "tenants:\n",
    "tenants:\n  - { id: ab, proto_path: a, upstream: a:1, prefix: /ab }\n",
  );
  assert.equal(read(apart).tenants.length, 2);
});

test("a tenant that no request can name is refused", () => {
  assert.match(String(refused(one(), { hasHeader: false })), /no request can name tenant "pay"/);
  assert.equal(read(one("    prefix: /pay\n"), { hasHeader: false }).tenants.length, 1);
});

test("targets are held against those allowed, the app's own upstreams are not", () => {
  const target = (upstream: string, allowTargets: readonly string[]) => {
    const text = `tenants: [{ id: a, proto_path: a, upstream: "${upstream}" }]`;
    try {
      return read(text, { allowTargets }).tenants.length === 1;
    } catch {
      return false;
    }
  };
  const allow = ["pay:50051", "*.internal:50051", "10.0.0.7:*", "unix:/run/pay.sock"];
  for (const upstream of [
    "ledger",
    "pay:50051",
    "dns:///pay:50051",
    "dns:pay:50051",
    "a.b.internal:50051",
    "PAY:50051",
    "10.0.0.7:1",
    "unix:/run/pay.sock",
  ]) {
    assert.equal(target(upstream, allow), true, upstream);
  }
  for (const upstream of [
    "pay:50052",
    "evil.example:50051",
    "internal:50051",
    ".internal:50051",
    "xinternal:50051",
    "unix:/run/other.sock",
    "dns://8.8.8.8/pay:50051",
    "pay:50051,evil:1",
    "ipv4:10.0.0.7:1",
    "xds:///pay:50051",
  ]) {
    assert.equal(target(upstream, allow), false, upstream);
  }
  assert.equal(target("pay:50051", []), false);
});

test("places are found through aliases, and a document of aliases that explodes is refused", () => {
  const text = `tenants:
  - &a { id: a, proto_path: a, upstream: a:1, docs: maybe }
  - *a
`;
  assert.deepEqual(refused(text), [
    'tenants.yaml:2:53: tenants[0].docs is "maybe": give true or false',
    'tenants.yaml:2:53: tenants[1].docs is "maybe": give true or false',
  ]);
  const laughs = [
    "a: &a [x,x,x,x,x,x,x,x,x,x]",
    ..."bcdefgh".split("").map((name, at) => {
      const before = "abcdefgh"[at];
      return `${name}: &${name} [${Array(10).fill(`*${before}`).join(",")}]`;
    }),
  ].join("\n");
  assert.match(String(refused(laughs)), /:1:1: Excessive alias count/);
});

test("a document that is too long to be one is refused unparsed", () => {
  assert.match(
    String(refused(`#${" ".repeat(8 * 1024 * 1024)}`)),
    /longer than 8388608 characters/,
  );
});

test("paths that lead out of their directory are refused where the source is not trusted", () => {
  const refusedPath = (lines: string) =>
    refused(`tenants:\n  - id: a\n    upstream: a:1\n${lines}`, { readsAnywhere: false });
  const out = "leads out of the directory that paths start from";
  assert.deepEqual(
    refusedPath("    proto_path: [a, ../b, /etc]\n    include_dirs: [a/../../c]\n"),
    [
      `tenants.yaml:4:17: "../b" ${out}`,
      `tenants.yaml:4:17: "/etc" ${out}`,
      `tenants.yaml:5:19: "a/../../c" ${out}`,
    ],
  );
  assert.deepEqual(refusedPath("    descriptor_set: ..\n"), [`tenants.yaml:4:21: ".." ${out}`]);
  assert.equal(
    read(one().replace("proto_path: pay", "proto_path: ..pay/../b"), { readsAnywhere: false })
      .tenants.length,
    1,
  );
});
