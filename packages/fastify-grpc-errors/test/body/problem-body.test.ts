import assert from "node:assert/strict";
import { test } from "node:test";
import { createErrorTable } from "fastify-grpc-errors";
import {
  Code,
  type ErrorContext,
  type RpcDetails,
  rpcDetail,
  type StatusDetail,
  StatusError,
} from "grpc-transcoding";

const table = createErrorTable({ body: "problem" });

function problem(
  details: readonly StatusDetail[] = [],
  context: ErrorContext = {},
  code: Code = Code.NOT_FOUND,
) {
  const { headers, body } = table.toHttp(new StatusError(code, "m", { details }), context);
  return { headers, body: JSON.parse(body) };
}

test("a problem has the members of RFC 9457 and the code by name", () => {
  const { headers, body } = problem([], { path: "/v1/books/7" });
  assert.equal(headers["content-type"], "application/problem+json");
  assert.deepEqual(body, {
    type: "about:blank",
    title: "Not Found",
    status: 404,
    detail: "m",
    instance: "/v1/books/7",
    code: "NOT_FOUND",
  });
});

test("499, which HTTP does not define, has the title that nginx gave it", () => {
  assert.equal(problem([], {}, Code.CANCELLED).body.title, "Client Closed Request");
});

const unfolded: { [T in keyof RpcDetails]?: [value: RpcDetails[T], members: object] } = {
  ErrorInfo: [
    { reason: "SHELF_FULL", domain: "shelf.test", metadata: { shelf: "7" } },
    {
      type: "urn:grpc-error:shelf.test:SHELF_FULL",
      reason: "SHELF_FULL",
      domain: "shelf.test",
      metadata: { shelf: "7" },
    },
  ],
  BadRequest: [
    { fieldViolations: [{ field: "a.b", description: "is empty", reason: "EMPTY_B" }] },
    { errors: [{ field: "a.b", detail: "is empty", reason: "EMPTY_B" }] },
  ],
  PreconditionFailure: [
    { violations: [{ type: "TOS", subject: "user:7", description: "not accepted" }] },
    { errors: [{ type: "TOS", subject: "user:7", detail: "not accepted" }] },
  ],
  QuotaFailure: [
    { violations: [{ subject: "user:7", description: "too many", quotaValue: "9" }] },
    { errors: [{ subject: "user:7", quotaValue: "9", detail: "too many" }] },
  ],
  RetryInfo: [{ retryDelay: "2.5s" }, { retryAfterSeconds: 2.5 }],
  ResourceInfo: [
    { resourceType: "book", resourceName: "books/7", owner: "o" },
    { resource: { resourceType: "book", resourceName: "books/7", owner: "o" } },
  ],
  RequestInfo: [{ requestId: "r7" }, { requestId: "r7" }],
  LocalizedMessage: [{ locale: "de", message: "weg" }, { detail: "weg" }],
  Help: [
    { links: [{ description: "d", url: "https://x.test/e" }] },
    { type: "https://x.test/e", links: [{ description: "d", url: "https://x.test/e" }] },
  ],
};
for (const [type, entry] of Object.entries(unfolded)) {
  test(`${type} becomes members of the problem`, () => {
    const [value, members] = entry;
    const { body } = problem([rpcDetail(type as keyof RpcDetails, value as never)]);
    const plain = {
      type: "about:blank",
      title: "Not Found",
      status: 404,
      detail: "m",
      code: "NOT_FOUND",
    };
    assert.deepEqual(body, { ...plain, ...members });
  });
}

test("details of other types, and those that cannot be read, stand in details", () => {
  const unknown = { typeUrl: "x/a.B", value: Uint8Array.of(1) };
  const broken = { typeUrl: "x/google.rpc.BadRequest", value: Uint8Array.of(0xff) };
  assert.deepEqual(problem([unknown, broken]).body.details, [
    { "@type": "x/a.B", value: "AQ==" },
    { "@type": "x/google.rpc.BadRequest", value: "/w==" },
  ]);
});

test("a link that is no web address is no link", () => {
  const urls = ["javascript:alert(1)", "data:text/html,x", "//x.test", "https://x y"];
  const links = urls.map((url) => ({ description: "d", url }));
  const { body } = problem([rpcDetail("Help", { links })]);
  assert.deepEqual([body.type, body.links], ["about:blank", undefined]);
});

test("a hostile reason is escaped in the type", () => {
  const details = [rpcDetail("ErrorInfo", { reason: "a:b\r\n<x>", domain: "d/e?f" })];
  assert.equal(problem(details).body.type, "urn:grpc-error:d%2Fe%3Ff:a%3Ab%0D%0A%3Cx%3E");
});

test("the detail is in the language that the client prefers", () => {
  const details = [
    rpcDetail("LocalizedMessage", { locale: "de-CH", message: "weg" }),
    rpcDetail("LocalizedMessage", { locale: "fr", message: "parti" }),
  ];
  const { headers, body } = problem(details, { acceptLanguage: "fr;q=0.5, de" });
  assert.equal(body.detail, "weg");
  assert.equal(headers["content-language"], "de-CH");
  assert.equal(headers.vary, "accept-language");
  const none = problem(details, { acceptLanguage: "ja" });
  assert.equal(none.body.detail, "m");
  assert.equal(none.headers["content-language"], undefined);
});

test("a violation is told in the client's language where it has one", () => {
  const localizedMessage = { locale: "de", message: "ist leer" };
  const violation = { field: "f", description: "is empty", localizedMessage };
  const details = [rpcDetail("BadRequest", { fieldViolations: [violation] })];
  const detail = (acceptLanguage: string) =>
    problem(details, { acceptLanguage }).body.errors[0].detail;
  assert.equal(detail("de-AT"), "ist leer");
  assert.equal(detail("en"), "is empty");
});

test("a locale that is no header value is not sent", () => {
  const details = [rpcDetail("LocalizedMessage", { locale: "de\r\nx: y", message: "weg" })];
  assert.equal(problem(details).headers["content-language"], undefined);
});

test("stripped details take their localized message along", () => {
  const stripping = createErrorTable({
    body: "problem",
    // biome-ignore lint/suspicious/noThenProperty: the name that the option has
    rules: [{ when: { code: "NOT_FOUND" }, then: { stripDetails: true } }],
  });
  const details = [rpcDetail("LocalizedMessage", { locale: "de", message: "weg" })];
  const { headers, body } = stripping.toHttp(new StatusError(Code.NOT_FOUND, "m", { details }), {});
  assert.equal(JSON.parse(body).detail, "m");
  assert.equal(headers["content-language"], undefined);
});
