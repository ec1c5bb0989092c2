import assert from "node:assert/strict";
import { test } from "node:test";
import {
  badRequestDetail,
  createErrorTable,
  type ErrorRule,
  type ErrorTableConfig,
  errorInfoDetail,
} from "fastify-grpc-errors";
import {
  Code,
  type ErrorContext,
  retryInfoDetail,
  rpcDetail,
  StatusError,
  type StatusErrorOptions,
} from "grpc-transcoding";
import { gatewayDomain, gatewayError } from "grpc-transcoding/internal";
import { methodOf } from "./protos/shelves.ts";

function rule(when: ErrorRule["when"], outcome: ErrorRule["then"]): ErrorRule {
  // biome-ignore lint/suspicious/noThenProperty: the name that the option has
  return { when, then: outcome };
}

const violation = badRequestDetail([{ field: "first_book.full_title", description: "is empty" }]);
const shelfFull = errorInfoDetail({ reason: "SHELF_FULL", domain: "shelf.test" });

function answer(
  config: ErrorTableConfig,
  code: Code,
  options: StatusErrorOptions = {},
  context: ErrorContext = {},
) {
  const failure = new StatusError(code, "m", options);
  const { body, ...rest } = createErrorTable(config).toHttp(failure, context);
  return { ...rest, body: JSON.parse(body) };
}

test("the rest preset answers 422 for input that the service refuses", () => {
  const rest = { preset: "rest" } as const;
  assert.equal(answer(rest, Code.FAILED_PRECONDITION).statusCode, 422);
  assert.equal(answer(rest, Code.INVALID_ARGUMENT, { details: [violation] }).statusCode, 422);
  assert.equal(answer(rest, Code.INVALID_ARGUMENT).statusCode, 400);
  assert.equal(answer({}, Code.INVALID_ARGUMENT, { details: [violation] }).statusCode, 400);
});

test("input that the gateway refuses stays 400 in every table", () => {
  const table = createErrorTable({ preset: "rest", codes: { INVALID_ARGUMENT: 418 } });
  const failure = gatewayError("malformed", { details: [violation] });
  assert.equal(table.toHttp(failure, {}).statusCode, 400);
});

test("codes and transport failures go by the table", () => {
  const config = { codes: { UNAVAILABLE: 502, 16: 403 } };
  assert.equal(answer(config, Code.UNAVAILABLE, { origin: "transport" }).statusCode, 502);
  assert.equal(answer(config, Code.UNAUTHENTICATED).statusCode, 403);
});

test("a status that the failure demands wins over the table", () => {
  const config = { codes: { UNIMPLEMENTED: 404 } };
  const http = { statusCode: 405, headers: { allow: "GET" } };
  const { statusCode, headers } = answer(config, Code.UNIMPLEMENTED, { http });
  assert.equal(statusCode, 405);
  assert.equal(headers.allow, "GET");
});

test("a rule that names the gateway's domain decides the gateway's own failures", () => {
  const when = { domain: gatewayDomain, reason: "FST_JWT_NO_AUTHORIZATION_IN_HEADER" };
  const table = createErrorTable({
    codes: { UNAUTHENTICATED: 418 },
    rules: [rule(when, { status: 403, message: "Sign in first." })],
  });
  const failure = (reason: string) =>
    gatewayError("no token", {
      code: Code.UNAUTHENTICATED,
      reason,
      http: { statusCode: 401 },
    });
  const decided = table.toHttp(failure(when.reason), {});
  assert.equal(decided.statusCode, 403);
  assert.equal(JSON.parse(decided.body).message, "Sign in first.");
  assert.equal(table.toHttp(failure("OTHER_REASON"), {}).statusCode, 401);
});

test("each member of the answer comes from the most specific rule that has it", () => {
  const config: ErrorTableConfig = {
    codes: { FAILED_PRECONDITION: 422 },
    rules: [
      rule({ reason: "SHELF_FULL" }, { message: "full", headers: { "X-A": "reason", "x-b": "b" } }),
      rule({ tenant: "red" }, { headers: { "x-a": "tenant" }, stripDetails: true }),
    ],
  };
  const details = [shelfFull];
  const red = answer(config, Code.FAILED_PRECONDITION, { details }, { tenant: "red" });
  assert.deepEqual(red, {
    statusCode: 422,
    headers: { "content-type": "application/json", "x-a": "tenant", "x-b": "b" },
    body: { code: 9, message: "full", details: [] },
  });
  const blue = answer(config, Code.FAILED_PRECONDITION, { details }, { tenant: "blue" });
  assert.equal(blue.headers["x-a"], "reason");
  assert.equal(blue.body.details.length, 1);
});

test("a message of a rule is not masked", () => {
  const config = { rules: [rule({ code: "INTERNAL" }, { message: "Call us." })] };
  assert.equal(answer(config, Code.INTERNAL).body.message, "Call us.");
});

test("internal messages are masked unless the table says otherwise", () => {
  const context = { requestId: "r1" };
  assert.equal(
    answer({}, Code.INTERNAL, {}, context).body.message,
    "An internal error occurred. Request id: r1",
  );
  assert.equal(answer({ maskInternal: false }, Code.INTERNAL, {}, context).body.message, "m");
  assert.equal(answer({ debug: true }, Code.INTERNAL, {}, context).body.message, "m");
});

test("stripped details still make a Retry-After", () => {
  const config = { rules: [rule({ code: "UNAVAILABLE" }, { stripDetails: true })] };
  const { headers, body } = answer(config, Code.UNAVAILABLE, { details: [retryInfoDetail(2000)] });
  assert.equal(headers["retry-after"], "2");
  assert.deepEqual(body.details, []);
});

test("a declared HTTP status outranks codes, and yields to a rule for the same failures", () => {
  const context = { method: methodOf("PutBook") };
  const details = [errorInfoDetail({ reason: "SHELF_FULL", domain: "" })];
  const codes = { FAILED_PRECONDITION: 422 };
  const status = (config: ErrorTableConfig) =>
    answer(config, Code.FAILED_PRECONDITION, { details }, context).statusCode;
  assert.equal(status({ codes }), 409);
  assert.equal(status({ codes, rules: [rule({ reason: "SHELF_FULL" }, { status: 423 })] }), 409);
  const when = { method: "shelf.v1.Shelves/PutBook", reason: "SHELF_FULL", code: 9 };
  assert.equal(status({ rules: [rule(when, { status: 423 })] }), 423);
});

test("declared errors are documented with the status that the table gives them", () => {
  const table = createErrorTable({
    preset: "rest",
    domain: "shelf.test",
    methods: {
      "shelf.v1.Shelves/*": [
        {
          code: "NOT_FOUND",
          reason: "BOOK_NOT_FOUND",
          message: "No such book.",
          details: ["full_title"],
        },
        { code: "FAILED_PRECONDITION", reason: "SHELF_FULL" },
      ],
    },
    rules: [rule({ reason: "BOOK_NOT_FOUND", domain: "shelf.test" }, { status: 410 })],
  });
  const brief = table
    .responsesOf(methodOf("PutBook"))
    .map(({ code, reason, domain, statusCode, headers }) => [
      code,
      reason,
      domain,
      statusCode,
      headers,
    ]);
  assert.deepEqual(brief, [
    ["FAILED_PRECONDITION", "SHELF_FULL", "shelf.test", 409, []],
    ["INVALID_ARGUMENT", undefined, undefined, 422, []],
    ["RESOURCE_EXHAUSTED", undefined, undefined, 429, ["retry-after"]],
    ["NOT_FOUND", "BOOK_NOT_FOUND", "shelf.test", 410, []],
  ]);
  assert.deepEqual(table.responsesOf(methodOf("Count")), []);
});

test("the document and the wire agree on every declared error", () => {
  const table = createErrorTable({ preset: "rest", domain: "shelf.test" });
  const method = methodOf("PutBook");
  for (const { code, reason, domain = "", detailTypes, statusCode } of table.responsesOf(method)) {
    const details = [
      ...(reason === undefined ? [] : [errorInfoDetail({ reason, domain })]),
      ...(detailTypes.includes("google.rpc.BadRequest") ? [violation] : []),
    ];
    const failure = new StatusError(Code[code], "m", { details });
    assert.equal(table.toHttp(failure, { method }).statusCode, statusCode);
  }
});

test("explain names the entry that decides", () => {
  const table = createErrorTable({
    preset: "rest",
    codes: { NOT_FOUND: 410 },
    rules: [
      rule({ reason: "SHELF_FULL", domain: "shelf.test" }, { status: 409 }),
      rule({ tenant: "red" }, { message: "red" }),
    ],
  });
  const explain = (code: Code, options: StatusErrorOptions = {}, context: ErrorContext = {}) =>
    table.explain(new StatusError(code, "m", options), context);
  assert.deepEqual(explain(Code.FAILED_PRECONDITION, { details: [shelfFull] }, { tenant: "red" }), {
    statusCode: 409,
    decidedBy: "rules[0]",
    why: "the most specific entry for domain shelf.test, reason SHELF_FULL",
    matched: ["rules[1]", "rules[0]", "preset rest"],
  });
  assert.equal(explain(Code.NOT_FOUND).decidedBy, "codes.NOT_FOUND");
  assert.equal(explain(Code.FAILED_PRECONDITION).decidedBy, "preset rest");
  assert.deepEqual(explain(Code.ABORTED), {
    statusCode: 409,
    decidedBy: "preset google",
    why: "no entry sets a status; ABORTED has this one in google/rpc/code.proto",
    matched: [],
  });
  assert.equal(explain(Code.ABORTED, { http: { statusCode: 423 } }).decidedBy, "failure");
  const declared = table.explain(
    new StatusError(Code.FAILED_PRECONDITION, "m", {
      details: [errorInfoDetail({ reason: "SHELF_FULL", domain: "other" })],
    }),
    { method: methodOf("PutBook") },
  );
  assert.equal(declared.decidedBy, "errors of shelf.v1.Shelves/PutBook");
});

test("an upstream that broke the protocol is 502 under everything that the table says", () => {
  const fault = new StatusError(Code.INTERNAL, "two responses", { origin: "upstream" });
  for (const preset of ["google", "rest"] as const) {
    assert.deepEqual(createErrorTable({ preset }).explain(fault), {
      statusCode: 502,
      decidedBy: "origin upstream",
      why: "no entry sets a status; INTERNAL of an upstream that broke the protocol is 502",
      matched: [],
    });
  }
  const answers = (config: ErrorTableConfig) =>
    createErrorTable(config).toHttp(fault, { method: methodOf("PutBook") });
  const { statusCode, body } = answers({});
  assert.deepEqual([statusCode, JSON.parse(body).message], [502, "two responses"]);
  assert.equal(answers({ codes: { INTERNAL: 500 } }).statusCode, 500);
  assert.equal(answers({ rules: [rule({ code: 13 }, { status: 503 })] }).statusCode, 503);
  const explained = createErrorTable({ codes: { INTERNAL: 500 } }).explain(fault);
  assert.equal(explained.decidedBy, "codes.INTERNAL");
  const unavailable = new StatusError(Code.UNAVAILABLE, "", { origin: "upstream" });
  assert.equal(createErrorTable({}).explain(unavailable).decidedBy, "preset google");
});

test("explain takes anything thrown, as the gateway would answer it", () => {
  const table = createErrorTable({ codes: { NOT_FOUND: 410 } });
  const clientError = Object.assign(new Error("5 NOT_FOUND: gone"), {
    code: Code.NOT_FOUND,
    details: "gone",
    metadata: { get: () => [] },
  });
  assert.equal(table.explain(clientError).decidedBy, "codes.NOT_FOUND");
  const httpError = Object.assign(new Error("slow down"), { statusCode: 429 });
  assert.equal(table.explain(httpError).statusCode, 429);
  assert.equal(table.explain(httpError).decidedBy, "failure");
  for (const thrown of [new Error("x"), "text", null, undefined]) {
    assert.equal(table.explain(thrown).statusCode, 500);
  }
  const failure = { status: { code: Code.NOT_FOUND, message: "", details: [] }, origin: "service" };
  assert.equal(table.explain(failure).statusCode, 410);
});

test("codes that are none do not compile", () => {
  // @ts-expect-error NOPE is no code
  assert.throws(() => createErrorTable({ codes: { NOPE: 404 } }), { code: "FST_GRPC_ERRORS_CODE" });
  // @ts-expect-error 17 is no code
  assert.throws(() => createErrorTable({ codes: { 17: 404 } }), { code: "FST_GRPC_ERRORS_CODE" });
  // @ts-expect-error OK is no failure
  assert.throws(() => createErrorTable({ codes: { OK: 404 } }), { code: "FST_GRPC_ERRORS_CODE" });
  createErrorTable({ codes: { NOT_FOUND: 410, 16: 403 } });
});

test("the reverse table is semantic, and the app's own entries come first", () => {
  const table = createErrorTable({ http: { 403: "UNAUTHENTICATED", 451: 7 } });
  assert.equal(table.codeOf(403), Code.UNAUTHENTICATED);
  assert.equal(table.codeOf(451), Code.PERMISSION_DENIED);
  assert.equal(table.codeOf(404), Code.NOT_FOUND);
});

test("reload swaps the whole table, and a wrong one changes nothing", () => {
  const table = createErrorTable({ codes: { NOT_FOUND: 410 } });
  const status = () => table.toHttp(new StatusError(Code.NOT_FOUND, ""), {}).statusCode;
  assert.throws(() => table.reload({ body: "problem", codes: { NOT_FOUND: 4040 } }), {
    code: "FST_GRPC_ERRORS_STATUS",
  });
  assert.deepEqual([status(), table.bodyFormats, table.revision], [410, ["status"], 0]);
  table.reload({ body: "auto" });
  assert.deepEqual([status(), table.bodyFormats, table.revision], [404, ["status", "problem"], 1]);
});

test("a renderer of the app makes every body; if it throws, the status body is sent", () => {
  const thrown: unknown[] = [];
  const table = createErrorTable(
    {},
    {
      render({ statusCode, message }) {
        if (message === "throw") throw new Error("renderer");
        return { contentType: "text/plain", body: `${statusCode} ${message}` };
      },
      onRenderError: (error) => thrown.push(error),
    },
  );
  const { headers, body } = table.toHttp(new StatusError(Code.NOT_FOUND, "gone"), {});
  assert.deepEqual([headers["content-type"], body], ["text/plain", "404 gone"]);
  const fallback = table.toHttp(new StatusError(Code.NOT_FOUND, "throw"), {});
  assert.equal(JSON.parse(fallback.body).code, 5);
  assert.equal(thrown.length, 1);
});

test("only undeclared codes of services that declare errors are reported", () => {
  const reported: string[] = [];
  const table = createErrorTable(
    {},
    { onUndeclared: (method, { status }) => reported.push(`${method.name} ${status.code}`) },
  );
  const put = { method: methodOf("PutBook") };
  table.toHttp(new StatusError(Code.NOT_FOUND, ""), put);
  table.toHttp(new StatusError(Code.INVALID_ARGUMENT, ""), put);
  table.toHttp(new StatusError(Code.UNAVAILABLE, ""), put);
  table.toHttp(gatewayError("", { code: Code.NOT_FOUND }), put);
  table.toHttp(new StatusError(Code.NOT_FOUND, ""), { method: methodOf("Count") });
  table.toHttp(new StatusError(Code.NOT_FOUND, ""), {});
  assert.deepEqual(reported, ["PutBook 5"]);
});

test("the most hostile failure is answered", () => {
  const details = Array.from({ length: 100 }, (_, at) => ({
    typeUrl: `x\r\ny/${"z".repeat(at)}\ud800`,
    value: new Uint8Array(1000).fill(at),
  }));
  details.push({
    typeUrl: "x/google.rpc.Help",
    value: rpcDetail("Help", { links: [{ description: "<script>", url: "javascript:alert(1)" }] })
      .value as never,
  });
  for (const body of ["status", "google", "problem", "auto"] as const) {
    const table = createErrorTable({ body });
    const failure = new StatusError(Code.NOT_FOUND, "\r\n\0é\ud800".repeat(200_000), { details });
    const { headers, body: text } = table.toHttp(failure, {
      path: "/\r\n",
      accept: ",;q=;;,".repeat(2000),
      acceptLanguage: "*-*;q=é,".repeat(2000),
    });
    JSON.parse(text);
    assert.ok(text.length < 400_000, `${text.length}`);
    for (const [name, value] of Object.entries(headers))
      assert.match(`${name}:${value}`, /^[\x20-\x7e]+$/);
  }
});
