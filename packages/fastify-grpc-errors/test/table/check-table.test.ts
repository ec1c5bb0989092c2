import assert from "node:assert/strict";
import { test } from "node:test";
import { createErrorTable, type ErrorRule } from "fastify-grpc-errors";

/** A rule as written in a table file. */
function rule(when: unknown, outcome: unknown = { status: 422 }): ErrorRule {
  // biome-ignore lint/suspicious/noThenProperty: the name that the option has
  return { when, then: outcome } as ErrorRule;
}

const refused: [name: string, config: unknown, code: string, message: RegExp][] = [
  ["a table that is no object", [], "OPTION", /option of the table is \[\]: give an object/],
  [
    "an unknown option",
    { rule: [] },
    "UNKNOWN_KEY",
    /option rule does not exist .*use one of preset, codes/,
  ],
  [
    "an unknown preset",
    { preset: "none" },
    "OPTION",
    /option preset is "none": use one of "google", "rest"/,
  ],
  [
    "an unknown body",
    { body: "xml" },
    "OPTION",
    /option body is "xml": use one of "status", "google"/,
  ],
  [
    "debug that is no boolean",
    { debug: "yes" },
    "OPTION",
    /option debug is "yes": give true or false/,
  ],
  ["maskInternal that is no boolean", { maskInternal: 1 }, "OPTION", /option maskInternal is 1/],
  ["an empty domain", { domain: "" }, "OPTION", /option domain is ""/],
  ["tenants that are no list", { tenants: "a" }, "OPTION", /option tenants is "a": give a list/],
  ["codes that are no object", { codes: null }, "OPTION", /option codes is null: give an object/],
  [
    "an unknown code name",
    { codes: { NOTFOUND: 404 } },
    "CODE",
    /option codes.NOTFOUND is "NOTFOUND": use a name or number/,
  ],
  [
    "an inherited property as code",
    { codes: { constructor: 404 } },
    "CODE",
    /option codes.constructor/,
  ],
  ["an unknown code number", { codes: { 17: 404 } }, "CODE", /option codes.17 is "17"/],
  ["a code in lower case", { codes: { not_found: 404 } }, "CODE", /option codes.not_found/],
  ["OK", { codes: { OK: 400 } }, "CODE", /option codes.OK is "OK": OK is no failure/],
  ["OK by number", { codes: { 0: 400 } }, "CODE", /option codes.0 is "0": OK is no failure/],
  [
    "a success status",
    { codes: { NOT_FOUND: 200 } },
    "STATUS",
    /option codes.NOT_FOUND is 200: use an integer from 400 to 599/,
  ],
  ["a redirect", { codes: { NOT_FOUND: 302 } }, "STATUS", /is 302/],
  ["a status beyond 599", { codes: { NOT_FOUND: 600 } }, "STATUS", /is 600/],
  ["a fraction", { codes: { NOT_FOUND: 404.5 } }, "STATUS", /is 404.5/],
  ["a status in quotes", { codes: { NOT_FOUND: "404" } }, "STATUS", /is "404"/],
  [
    "a name and a number of one code",
    { codes: { NOT_FOUND: 404, 5: 410 } },
    "DUPLICATE",
    /option codes.(5|NOT_FOUND) decides the same failures as codes/,
  ],
  ["rules that are no list", { rules: {} }, "OPTION", /option rules is {}: give a list/],
  ["a rule that is no object", { rules: [7] }, "OPTION", /option rules\[0\] is 7/],
  [
    "an unknown member of a rule",
    { rules: [{ ...rule({ code: 5 }), if: 1 }] },
    "UNKNOWN_KEY",
    /option rules\[0\].if/,
  ],
  [
    "a rule without when",
    { rules: [rule(undefined)] },
    "OPTION",
    /option rules\[0\].when is undefined/,
  ],
  [
    "a rule without conditions",
    { rules: [rule({})] },
    "OPTION",
    /option rules\[0\].when is {}: give at least one of tenant, method/,
  ],
  [
    "an unknown condition",
    { rules: [rule({ status: 5 })] },
    "UNKNOWN_KEY",
    /option rules\[0\].when.status/,
  ],
  [
    "a rule without an outcome",
    { rules: [rule({ code: 5 }, {})] },
    "OPTION",
    /option rules\[0\].then is {}: give at least one of status/,
  ],
  [
    "an unknown outcome",
    { rules: [rule({ code: 5 }, { body: "" })] },
    "UNKNOWN_KEY",
    /option rules\[0\].then.body/,
  ],
  [
    "an unknown code in a rule",
    { rules: [rule({ code: "GONE" })] },
    "CODE",
    /option rules\[0\].when.code is "GONE"/,
  ],
  [
    "a wrong status in a rule",
    { rules: [rule({ code: 5 }, { status: 99 })] },
    "STATUS",
    /option rules\[0\].then.status is 99/,
  ],
  [
    "a reason in lower case",
    { rules: [rule({ reason: "full" })] },
    "REASON",
    /option rules\[0\].when.reason is "full": a reason is UPPER_SNAKE_CASE/,
  ],
  [
    "a reason that ends in an underscore",
    { rules: [rule({ reason: "FULL_" })] },
    "REASON",
    /"FULL_"/,
  ],
  ["a reason of two characters", { rules: [rule({ reason: "NO" })] }, "REASON", /"NO"/],
  [
    "a reason of 64 characters",
    { rules: [rule({ reason: "A".repeat(64) })] },
    "REASON",
    /3 to 63 characters/,
  ],
  [
    "a detail that is no name",
    { rules: [rule({ detail: "type/x" })] },
    "OPTION",
    /option rules\[0\].when.detail/,
  ],
  [
    "a method without a service",
    { rules: [rule({ method: "*" })] },
    "METHOD",
    /option rules\[0\].when.method is "\*": give a method as/,
  ],
  ["a star inside a method", { rules: [rule({ method: "a.*.b/C" })] }, "METHOD", /"a.\*.b\/C"/],
  [
    "a method with a leading slash",
    { rules: [rule({ method: "/a.B/C" })] },
    "METHOD",
    /"\/a.B\/C"/,
  ],
  ["a service without its method", { rules: [rule({ method: "a.B" })] }, "METHOD", /"a.B"/],
  ["an empty tenant", { rules: [rule({ tenant: "" })] }, "OPTION", /option rules\[0\].when.tenant/],
  [
    "an empty message",
    { rules: [rule({ code: 5 }, { message: "" })] },
    "OPTION",
    /option rules\[0\].then.message/,
  ],
  [
    "a header with a line break",
    { rules: [rule({ code: 5 }, { headers: { a: "x\r\nb: y" } })] },
    "HEADER",
    /option rules\[0\].then.headers.a is .*printable ASCII/,
  ],
  [
    "a header name with a space",
    { rules: [rule({ code: 5 }, { headers: { "a b": "x" } })] },
    "HEADER",
    /its name is no HTTP header name/,
  ],
  [
    "a header that is Fastify's",
    { rules: [rule({ code: 5 }, { headers: { "Content-Length": "1" } })] },
    "HEADER",
    /may not set this header/,
  ],
  [
    "a header that is gRPC's",
    { rules: [rule({ code: 5 }, { headers: { "grpc-status": "1" } })] },
    "HEADER",
    /may not set this header/,
  ],
  [
    "two rules with equal conditions",
    { rules: [rule({ code: 5 }), rule({ code: "NOT_FOUND" }, { status: 410 })] },
    "DUPLICATE",
    /option rules\[1\] decides the same failures as rules\[0\]: remove one/,
  ],
  [
    "a rule and an entry of codes for one code",
    { codes: { NOT_FOUND: 404 }, rules: [rule({ code: 5 })] },
    "DUPLICATE",
    /option rules\[0\] decides the same failures as codes.NOT_FOUND/,
  ],
  ["a reverse entry for a success", { http: { 200: "OK" } }, "STATUS", /option http.200/],
  [
    "a reverse entry to no code",
    { http: { 403: "FORBIDDEN" } },
    "CODE",
    /option http.403 is "FORBIDDEN"/,
  ],
  ["a reverse entry to OK", { http: { 403: "OK" } }, "CODE", /option http.403 is "OK"/],
  [
    "a declaration under a wrong method",
    { methods: { "a.B": [] } },
    "METHOD",
    /option methods\["a.B"\]/,
  ],
  [
    "a declaration without a code",
    { methods: { "a.B/C": [{}] } },
    "CODE",
    /option methods\["a.B\/C"\]\[0\].code is undefined/,
  ],
  [
    "a declaration with a wrong reason",
    { methods: { "a.B/C": [{ code: 5, reason: "x" }] } },
    "REASON",
    /\[0\].reason is "x"/,
  ],
  [
    "an unknown member of a declaration",
    { methods: { "a.B/C": [{ code: 5, status: 1 }] } },
    "UNKNOWN_KEY",
    /\[0\].status/,
  ],
];

for (const [name, config, code, message] of refused) {
  test(`refuses ${name}`, () => {
    assert.throws(() => createErrorTable(config as object), {
      code: `FST_GRPC_ERRORS_${code}`,
      message,
    });
  });
}

test("accepts codes by name and number, prefixes, and every condition at once", () => {
  createErrorTable({
    preset: "rest",
    codes: { NOT_FOUND: 410, 9: 412 },
    rules: [
      rule({ method: "acme.v1.*" }),
      rule({ method: "acme.v1.Library/*" }),
      rule(
        {
          tenant: "red",
          method: "acme.v1.Library/Get",
          domain: "library.test",
          reason: "SHELF_FULL",
          detail: "google.rpc.Help",
          code: 9,
        },
        { status: 409, message: "full", headers: { "X-Why": "full" }, stripDetails: true },
      ),
    ],
    http: { 403: "PERMISSION_DENIED", 422: 3 },
    body: "auto",
    debug: false,
    maskInternal: true,
    domain: "library.test",
    tenants: ["red"],
    methods: { "acme.v1.Library/Get": [{ code: "NOT_FOUND", reason: "GONE_FOR_GOOD" }] },
  });
});

test("a long value is quoted in short", () => {
  assert.throws(
    () => createErrorTable({ preset: "x".repeat(500) as "rest" }),
    (error: Error) => {
      assert.ok(error.message.length < 250);
      return true;
    },
  );
});
