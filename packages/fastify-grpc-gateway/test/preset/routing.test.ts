import assert from "node:assert/strict";
import { type AddressInfo, connect } from "node:net";
import { test } from "node:test";
import type { FastifyReply } from "fastify";
import { listen } from "../shop.ts";
import { echoApp, onlySet, type Rules } from "./echo.ts";

// grpc-gateway v2.30 runtime/mux.go and pattern.go; B18 to B32 of the behaviours that docs/http-mapping.md lists.

const form = { "content-type": "application/x-www-form-urlencoded" };
const notFound = { code: 5, message: "Not Found", details: [] };
const wrongMethod = { code: 12, message: "Method Not Allowed", details: [] };

const paths: readonly [template: string, url: string, text: string | undefined][] = [
  ["/v1/{text}", "/v1/a", "a"],
  ["/v1/{text}", "/v1/a:b", "a:b"],
  ["/v1/{text}", "/v1/", ""],
  ["/v1/{text}", "/v1/:go", ":go"],
  ["/v1/{text}", "/v1/a/", undefined],
  ["/v1/{text}", "//", undefined],
  ["/v1/{text}:go", "/v1/a:go", "a"],
  ["/v1/{text}:go", "/v1/:go", undefined],
  ["/v1/{text}:go", "/v1/a:stop", undefined],
  ["/v1/*/x/{text}", "/v1//x/1", "1"],
  ["/v1/{text=**}", "/v1", ""],
  ["/v1/{text=p/*/b/**}", "/v1/p/x/b", "p/x/b/"],
  ["/v1/{text=p/*/b/**}", "/v1/p/x/b/c", "p/x/b/c"],
  ["/v1/{text}", "/v1/a+b", "a+b"],
  ["/v1/{text}", "/v1/%2541", "%41"],
];

test("B22 to B24, B28, B31: matches empty segments, verbs and `**`, and decodes once", async (t) => {
  for (const [template, url, text] of paths) {
    await t.test(`${template} for ${url}`, async (t) => {
      const app = await echoApp(t, { Read: { get: template } });
      const response = await app.inject(url);
      if (text === undefined) {
        assert.equal(response.statusCode, 404);
        assert.deepEqual(response.json(), notFound);
      } else {
        assert.equal(response.statusCode, 200);
        assert.equal(response.json().text, text);
      }
    });
  }
});

test("B23: matches an empty segment right behind the gateway's prefix", async (t) => {
  const app = await echoApp(t, { Read: { get: "/{text}" } }, { prefix: "/api" });
  assert.equal((await app.inject("/api/")).json().text, "");
  assert.equal((await app.inject("/api/a")).json().text, "a");
});

test("B18: answers an unknown path 404 and a wrong method 501, without Allow", async (t) => {
  const app = await echoApp(t, { Read: { get: "/v1/{text}" } });
  const unknown = await app.inject("/v2");
  assert.equal(unknown.statusCode, 404);
  assert.deepEqual(unknown.json(), notFound);
  const wrong = await app.inject({ method: "PUT", url: "/v1/a" });
  assert.equal(wrong.statusCode, 501);
  assert.deepEqual(wrong.json(), wrongMethod);
  assert.equal(wrong.headers.allow, undefined);
});

/** The status of a request line as it stands, and the body of its answer. */
function rawRequest(port: number, line: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("error", reject);
    socket.on("end", () => {
      const [head = "", body = ""] = text.split("\r\n\r\n");
      resolve({ status: Number(head.split(" ")[1]), body });
    });
    socket.write(`${line} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`, "latin1");
  });
}

test("B18, B25: answers targets without a slash and methods in lower case 400", async (t) => {
  const app = await echoApp(t, { Read: { get: "/v1/{text}" } });
  await listen(app);
  const { port } = app.server.address() as AddressInfo;
  for (const line of ["GET v1/a", "get /v1/a", "GET /v1/\u00e9"]) {
    assert.equal((await rawRequest(port, line)).status, 400, line);
  }
  const asterisk = await rawRequest(port, "GET *");
  assert.deepEqual(JSON.parse(asterisk.body), { code: 3, message: "Bad Request", details: [] });
});

test("B19: answers a malformed escape 400, by Fastify's router before any plugin", async (t) => {
  const app = await echoApp(t, { Read: { get: "/v1/{text}" } });
  const response = await app.inject("/v1/%zz");
  assert.equal(response.statusCode, 400);
  assert.equal(response.json().code, "FST_ERR_BAD_URL");
  const body = { code: 2, message: 'malformed path escape "%zz"', details: [] };
  const same = await echoApp(
    t,
    { Read: { get: "/v1/{text}" } },
    {},
    {
      frameworkErrors: (_error, _request, reply) =>
        void (reply as FastifyReply).code(400).send(body),
    },
  );
  assert.deepEqual((await same.inject("/v1/%zz")).json(), body);
});

test("B25: takes HEAD for a method of its own", async (t) => {
  const app = await echoApp(t, { Read: { get: "/v1/{text}" } });
  const origin = await listen(app);
  assert.equal((await fetch(`${origin}/v1/a`, { method: "HEAD" })).status, 501);
  assert.equal(app.grpcGateway().explain("HEAD", "/v1/a").status, 405);
  const bound = await echoApp(t, { Read: { custom: { kind: "HEAD", path: "/v1/{text}" } } });
  assert.equal((await bound.inject({ method: "HEAD", url: "/v1/a" })).statusCode, 200);
});

const all: Rules = {
  Read: { get: "/v1/{text}", additional_bindings: [{ delete: "/v1/{text}" }] },
  Send: { put: "/v1/{text}", additional_bindings: [{ post: "/v2/{text}" }, { get: "/v2/{text}" }] },
};

test("B26: a form POST reaches the GET route of its path, and its body is the query", async (t) => {
  const app = await echoApp(t, all, onlySet);
  const post = (url: string, headers: Record<string, string>) =>
    app.inject({ method: "POST", url, payload: "words=a&words=b", headers });
  // Always: DELETE has the path as well.
  for (let round = 0; round < 20; round += 1) {
    const response = await post("/v1/x?words=c", form);
    assert.deepEqual(response.json(), { text: "x", words: ["a", "b", "c"] });
  }
  const suffixed = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
  assert.equal((await post("/v1/x", suffixed)).statusCode, 501);
  assert.equal((await post("/v1/x", { "content-type": "application/json" })).statusCode, 501);
  assert.equal((await post("/v3", form)).statusCode, 404);
  assert.equal((await post("/v2/x", form)).statusCode, 200);
});

test("B26: a form POST without a GET route is a wrong method, never another one", async (t) => {
  const app = await echoApp(t, { Read: { delete: "/v1/{text}" } });
  const response = await app.inject({
    method: "POST",
    url: "/v1/x",
    headers: form,
    payload: "a=b",
  });
  assert.equal(response.statusCode, 501);
});

test("B26: a form POST names its method by X-HTTP-Method-Override", async (t) => {
  const app = await echoApp(t, all, onlySet);
  const methods: unknown[] = [];
  app.addHook("onRequest", async ({ grpcBinding }) => {
    methods.push(grpcBinding?.binding.httpMethod);
  });
  const post = (method: string, headers: Record<string, string>) =>
    app.inject({
      method: "POST",
      url: "/v1/x",
      payload: "number=5",
      headers: { ...headers, "x-http-method-override": method },
    });
  assert.deepEqual((await post("delete", form)).json(), { text: "x", number: 5 });
  assert.deepEqual((await post("PUT", form)).json(), { text: "x", number: 5 });
  assert.deepEqual((await post("", form)).json(), { text: "x", number: 5 });
  assert.equal((await post("PATCH", form)).statusCode, 501);
  assert.equal((await post("DELETE", { "content-type": "application/json" })).statusCode, 501);
  assert.equal((await post("PUT, DELETE", form)).statusCode, 501);
  assert.deepEqual(methods.slice(0, 3), ["DELETE", "PUT", "GET"]);
});

test("B26: methodOverride is an option, off in the standard preset", async (t) => {
  const request = { method: "POST", url: "/v1/x", headers: form, payload: "number=5" } as const;
  const off = await echoApp(t, all, { methodOverride: false });
  assert.equal((await off.inject(request)).statusCode, 501);
  const standard = await echoApp(t, all, { preset: "standard" });
  const override = { ...form, "x-http-method-override": "DELETE" };
  assert.equal((await standard.inject({ ...request, headers: override })).statusCode, 405);
  await assert.rejects(echoApp(t, all, { methodOverride: "yes" as unknown as boolean }), {
    code: "FST_GRPC_OPTION",
    message: /"methodOverride"/,
  });
});

test("differs from B21: a literal goes before a variable, whatever the order", async (t) => {
  const app = await echoApp(t, { Read: { get: "/v1/{text}" }, Nothing: { get: "/v1/me" } });
  assert.deepEqual((await app.inject("/v1/me")).json(), {});
});

test("differs from B28: an encoded slash is part of its segment", async (t) => {
  const app = await echoApp(t, { Read: { get: "/v1/{text}" } });
  assert.equal((await app.inject("/v1/a%2Fb")).json().text, "a/b");
});

test("B32: handlePath stands in the same table", async (t) => {
  const app = await echoApp(t, { Read: { get: "/v1/{text}" } });
  app.grpcGateway().handlePath("GET", "/v1/{text}/files/{file}", async ({ params }) => params);
  assert.deepEqual((await app.inject("/v1//files/")).json(), { text: "", file: "" });
});
