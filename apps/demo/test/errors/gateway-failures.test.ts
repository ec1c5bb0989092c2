import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import type { FastifyInstance } from "fastify";
import type { ErrorRule } from "fastify-grpc-errors";
import { faultApp } from "./faults.ts";

function rule(when: ErrorRule["when"], outcome: ErrorRule["then"]): ErrorRule {
  // biome-ignore lint/suspicious/noThenProperty: the name that the option has
  return { when, then: outcome };
}

/** Makes every request fail in a hook, as a policy does. */
function failInHook(error: object): (app: FastifyInstance) => void {
  return (app) =>
    app.addHook("onRequest", async () => {
      throw Object.assign(new Error("refused by a hook"), error);
    });
}

const json = { "content-type": "application/json" };

interface Case {
  readonly name: string;
  readonly path?: string;
  readonly init?: RequestInit;
  readonly extend?: (app: FastifyInstance) => void;
  readonly status: number;
  readonly code: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly message?: RegExp;
}

const cases: readonly Case[] = [
  {
    name: "a wrong method",
    init: { method: "DELETE" },
    status: 405,
    code: 12,
    headers: { allow: "POST" },
  },
  { name: "a path that is not there", path: "/v1/nothing", status: 404, code: 5 },
  {
    name: "malformed JSON",
    init: { method: "POST", body: "{", headers: json },
    status: 400,
    code: 3,
  },
  {
    name: "a field that does not exist",
    init: { method: "POST", body: '{"nope":1}', headers: json },
    status: 400,
    code: 3,
    message: /nope/,
  },
  {
    name: "a body that is too large",
    init: { method: "POST", body: JSON.stringify({ message: "x".repeat(2e6) }), headers: json },
    status: 413,
    code: 3,
  },
  {
    name: "a content encoding without a decoder",
    init: { method: "POST", body: "x", headers: { ...json, "content-encoding": "br" } },
    status: 415,
    code: 3,
  },
  {
    name: "a hook that demands authentication",
    init: { method: "POST", body: "{}", headers: json },
    extend: failInHook({ statusCode: 401 }),
    status: 401,
    code: 16,
    headers: { "www-authenticate": "Bearer" },
    message: /^refused by a hook$/,
  },
  {
    name: "a hook with a challenge of its own",
    init: { method: "POST", body: "{}", headers: json },
    extend: failInHook({ statusCode: 401, headers: { "WWW-Authenticate": 'Basic realm="a"' } }),
    status: 401,
    code: 16,
    headers: { "www-authenticate": 'Basic realm="a"' },
  },
  {
    name: "a rate limit",
    init: { method: "POST", body: "{}", headers: json },
    extend: failInHook({ statusCode: 429, headers: { "retry-after": 7 } }),
    status: 429,
    code: 8,
    headers: { "retry-after": "7" },
  },
  {
    name: "a hook that breaks",
    init: { method: "POST", body: "{}", headers: json },
    extend: failInHook({}),
    status: 500,
    code: 13,
    message: /^An internal error occurred. Request id: req-/,
  },
  {
    name: "a hook with headers that would inject others",
    init: { method: "POST", body: "{}", headers: json },
    extend: failInHook({ statusCode: 403, headers: { "x-a": "1\r\nx-evil: 1" } }),
    status: 403,
    code: 7,
  },
];

for (const { name, path = "/v1/fail", init = {}, extend, ...expected } of cases) {
  for (const body of ["status", "google", "problem"] as const) {
    test(`${name} is answered by the table, as ${body}`, async (t) => {
      // Tables for services do not touch what the gateway itself decides.
      const codes = { INVALID_ARGUMENT: 418, UNIMPLEMENTED: 418, INTERNAL: 418 };
      const { origin } = await faultApp(
        t,
        { preset: "rest", codes, body },
        { notFound: "table" },
        extend,
      );
      const response = await fetch(origin + path, init);
      const text = JSON.parse(await response.text());
      assert.equal(response.status, expected.status);
      const type = body === "problem" ? "application/problem+json" : "application/json";
      assert.equal(response.headers.get("content-type"), type);
      for (const [header, value] of Object.entries(expected.headers ?? {})) {
        assert.equal(response.headers.get(header), value);
      }
      assert.equal(response.headers.get("x-evil"), null);
      if (body === "status") assert.equal(text.code, expected.code);
      else assert.equal((text.error?.code ?? text.status) as number, expected.status);
      if (expected.message)
        assert.match(text.error?.message ?? text.message ?? text.detail, expected.message);
    });
  }
}

test("HEAD on a failing call answers the status and headers without a body", async (t) => {
  const { origin } = await faultApp(t, {});
  const response = await fetch(`${origin}/v1/fail/5`, { method: "HEAD" });
  assert.equal(response.status, 404);
  assert.equal(response.headers.get("content-type"), "application/json");
  assert.equal(await response.text(), "");
});

test("a service's UNIMPLEMENTED as 405 names the path's other methods", async (t) => {
  const { origin } = await faultApp(t, { codes: { UNIMPLEMENTED: 405 } });
  const response = await fetch(`${origin}/v1/fail/12`);
  assert.equal(response.status, 405);
  assert.match(response.headers.get("allow") ?? "", /\bPUT\b/);
});

test("an upstream that is down is 503, without its address", async (t) => {
  const { origin } = await faultApp(t, {}, { upstream: "127.0.0.1:1" });
  const response = await fetch(`${origin}/v1/fail/5`);
  assert.equal(response.status, 503);
  const body = await response.text();
  assert.equal(JSON.parse(body).code, 14);
  assert.doesNotMatch(body, /127\.0|ECONN|:1\b/);
});

test("Vary of the app stays beside that of the table", async (t) => {
  const { origin } = await faultApp(t, { body: "auto" }, {}, (app) => {
    app.addHook("onRequest", async (_request, reply) => {
      reply.header("vary", "Origin");
    });
  });
  const response = await fetch(`${origin}/v1/fail/5`);
  assert.equal(response.headers.get("vary"), "origin, accept");
});

test("rules go by reason, method and RetryInfo of the real call", async (t) => {
  const { origin } = await faultApp(t, {
    rules: [
      rule(
        { reason: "SHELF_FULL", domain: "shelf.test" },
        { status: 409, headers: { "x-why": "full" } },
      ),
      rule({ method: "faults.v1.Faults/FailLater" }, { status: 410 }),
    ],
  });
  const full = await fetch(`${origin}/v1/fail/9?details=reason`);
  assert.deepEqual([full.status, full.headers.get("x-why")], [409, "full"]);
  const later = await fetch(`${origin}/v1/fail-later?code=9`);
  assert.equal(later.status, 410);
  const retry = await fetch(`${origin}/v1/fail/14?details=retry`);
  assert.deepEqual([retry.status, retry.headers.get("retry-after")], [503, "3"]);
});

test("a rule for the gateway's domain decides what the gateway itself refuses", async (t) => {
  const when = { domain: "fastify-grpc-gateway", reason: "METHOD_NOT_ALLOWED" };
  const { origin } = await faultApp(t, {
    rules: [rule(when, { status: 404, message: "Nothing here." })],
  });
  const response = await fetch(`${origin}/v1/fail`, { method: "DELETE" });
  assert.equal(response.status, 404);
  assert.equal(((await response.json()) as { message: string }).message, "Nothing here.");
});

test("a reload of the table answers the next request", async (t) => {
  const { app, origin } = await faultApp(t, {});
  assert.equal((await fetch(`${origin}/v1/fail/5`)).status, 404);
  app.grpcErrors.reload({ codes: { NOT_FOUND: 410 }, body: "problem" });
  const response = await fetch(`${origin}/v1/fail/5`);
  assert.equal(response.status, 410);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
});

test("a rule for a method that the gateway lacks refuses the start", async (t) => {
  await assert.rejects(
    () => faultApp(t, { rules: [rule({ method: "faults.v1.Faults/Nope" }, { status: 410 })] }),
    { code: "FST_GRPC_ERRORS_METHOD" },
  );
});

/** Everything that a server writes to a raw HTTP/1.1 request, so that no client hides a split header. */
async function raw(origin: string, request: string): Promise<string> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  socket.end(request);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("latin1");
}

const hostile: [name: string, message: string][] = [
  ["CR and LF", "a\r\nx-evil: 1\r\n\r\nHTTP/1.1 200 OK"],
  ["non-ASCII", "größer 🌍 \u2028"],
  ["markup", "</script><script>alert(1)</script>"],
  ["control characters", "\u0000\u0001\u007f"],
  ["a format string", "%s %d %41 %"],
];
for (const [name, message] of hostile) {
  for (const body of ["status", "google", "problem"] as const) {
    test(`a message with ${name} and 100 hostile details splits no header, as ${body}`, async (t) => {
      const { origin } = await faultApp(t, { body });
      for (const path of ["/v1/fail/16", "/v1/fail-later"]) {
        const query = `code=16&details=hostile&message=${encodeURIComponent(message)}`;
        const target = path === "/v1/fail/16" ? `${path}?${query.slice(8)}` : `${path}?${query}`;
        const answer = await raw(
          origin,
          `GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
        );
        const [head = "", text = ""] = answer.split(/\r\n\r\n(.*)/s);
        assert.match(head, /^HTTP\/1.1 401 Unauthorized\r\n/);
        assert.doesNotMatch(head, /x-evil/i);
        const answered = JSON.parse(Buffer.from(text, "latin1").toString());
        const said = answered.error?.message ?? answered.message ?? answered.detail;
        assert.equal(said, message);
        assert.equal((answered.error?.details ?? answered.details).length, 100);
      }
    });
  }
}

test("a message of a megabyte is cut", async (t) => {
  const { origin } = await faultApp(t, {});
  const response = await fetch(`${origin}/v1/fail`, {
    method: "POST",
    headers: json,
    body: JSON.stringify({ code: 5, message: "é".repeat(400_000) }),
  });
  assert.equal(response.status, 404);
  assert.equal(((await response.json()) as { message: string }).message.length, 8193);
});
