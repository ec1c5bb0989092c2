import assert from "node:assert/strict";
import { test } from "node:test";
import compress from "@fastify/compress";
import { Edges, edgesApp } from "./edges-service.ts";

test("a stream has the cookies and the Cache-Control that its method declares", async (t) => {
  const edges = new Edges();
  edges.metadata = { "set-cookie": "a=1", "x-http-code": "203" };
  const app = await edgesApp(t, edges);
  const { statusCode, headers } = await app.inject("/v1/items:watch");
  assert.equal(statusCode, 200);
  assert.equal(headers["cache-control"], "private");
  assert.equal(headers["set-cookie"], "a=1");
  assert.equal(headers["x-http-code"], undefined);
});

for (const [what, url] of [
  ["a file in one message", "/v1/notes/1"],
  ["a file in many", "/v1/files/1"],
] as const) {
  test(`${what} has the declared head, and the status's key is no header`, async (t) => {
    const edges = new Edges();
    edges.messages = [{ contentType: "text/csv", data: Buffer.from("a,b") }];
    edges.metadata = { "x-http-code": "203" };
    const app = await edgesApp(t, edges);
    for (const method of ["GET", "HEAD"] as const) {
      const response = await app.inject({ method, url });
      assert.equal(response.headers["cache-control"], "max-age=9");
      assert.equal(response.headers["x-http-code"], undefined);
      assert.equal(response.headers["content-type"], "text/csv");
    }
  });
}

test("a file's tag is made from its bytes, and a client that has them is 304", async (t) => {
  const edges = new Edges();
  edges.messages = [{ contentType: "text/csv", data: Buffer.from("a,b") }];
  const app = await edgesApp(t, edges);
  const { headers } = await app.inject("/v1/notes/1");
  const known = { "if-none-match": String(headers.etag) };
  const again = await app.inject({ url: "/v1/notes/1", headers: known });
  assert.equal(again.statusCode, 304);
  assert.equal(again.body, "");
});

test("rules of a whole response count where its body is one field of it", async (t) => {
  const edges = new Edges();
  edges.messages = [{ item: { name: "items/1", etag: "a", title: "t" }, total: 3 }];
  const app = await edgesApp(t, edges, { partialResponses: true });
  const { headers, body } = await app.inject("/v1/inner?fields=title");
  assert.equal(headers.etag, '"a"');
  assert.equal(headers["x-total"], "3");
  assert.equal(headers.location, "/v1/items/1");
  assert.equal(body, '{"title":"t"}');
  assert.deepEqual(edges.asked[0]?.readMask, { paths: ["title", "etag", "name"] });
});

test("no name of a response leads to another host", async (t) => {
  const edges = new Edges();
  const app = await edgesApp(t, edges);
  for (const name of ["/evil.example/x", "//evil.example", "a/../b", "a//b"]) {
    edges.messages = [{ name }];
    const { statusCode, headers } = await app.inject("/v1/anywhere");
    assert.equal(statusCode, 200, name);
    assert.equal(headers.location, undefined, name);
  }
});

test("a redirect is no 304, whatever the client has", async (t) => {
  const edges = new Edges();
  edges.messages = [{ name: "a", etag: "x" }];
  const app = await edgesApp(t, edges);
  const headers = { "if-none-match": '"x"' };
  const response = await app.inject({ url: "/v1/anywhere", headers });
  assert.equal(response.statusCode, 303);
  assert.equal(response.headers.location, "/a");
});

test("a tag beyond ASCII makes no header, since no client would send it back as it was", async (t) => {
  const edges = new Edges();
  const app = await edgesApp(t, edges);
  for (const etag of ["ä", '"ä"', "日"]) {
    edges.messages = [{ name: "items/1", etag }];
    const response = await app.inject("/v1/items/1");
    assert.equal(response.statusCode, 200);
    assert.equal(response.headers.etag, undefined);
  }
});

test("the service is asked for what is a header too, whatever the client wants in the body", async (t) => {
  const edges = new Edges();
  edges.messages = [{ name: "items/1", title: "t", etag: "a" }];
  const app = await edgesApp(t, edges, { partialResponses: true });
  await app.inject("/v1/items/1?fields=title,parts.name");
  const paths = ["title", "parts", "etag", "name"];
  assert.deepEqual(edges.asked[0]?.readMask, { paths });
});

test("caches are told that the mask's header changes the answer", async (t) => {
  const edges = new Edges();
  const app = await edgesApp(t, edges, { partialResponses: true }, (app) => {
    app.addHook("onRequest", async (_request, reply) => void reply.header("vary", "origin"));
  });
  const headers = { "if-none-match": '"x"' };
  edges.messages = [{ name: "items/1", etag: "x" }];
  for (const [url, status, vary] of [
    ["/v1/items/2", 200, "origin, x-goog-fieldmask"],
    ["/v1/items/1", 304, "origin, x-goog-fieldmask"],
    ["/v1/items:watch", 200, "origin, x-goog-fieldmask, accept"],
  ] as const) {
    const sent = status === 304 ? headers : {};
    const response = await app.inject({ url, headers: sent });
    assert.equal(response.statusCode, status);
    assert.equal(response.headers.vary, vary);
  }
});

test("caches are told which headers give fields of the request", async (t) => {
  const app = await edgesApp(t, new Edges());
  const response = await app.inject({ method: "PATCH", url: "/v1/items/1", payload: {} });
  assert.equal(response.headers.vary, "x-title, cookie");
});

test("a hook's status stays where the method declares none, and compression leaves the rest", async (t) => {
  const edges = new Edges();
  edges.messages = [{ name: "items/1", etag: "x", title: "t".repeat(2000) }];
  const app = await edgesApp(t, edges, {}, async (app) => {
    await app.register(compress);
    app.addHook("onRequest", async (_request, reply) => void reply.code(203).header("etag", '"h"'));
  });
  const encoded = { "accept-encoding": "gzip" };
  const whole = await app.inject({ url: "/v1/items/1", headers: encoded });
  assert.equal(whole.statusCode, 203);
  assert.equal(whole.headers.etag, '"x"');
  assert.equal(whole.headers["content-encoding"], "gzip");
  const headers = { ...encoded, "if-none-match": '"x"' };
  const known = await app.inject({ url: "/v1/items/1", headers });
  assert.equal(known.statusCode, 304);
  assert.equal(known.body, "");
  assert.equal(known.headers["content-encoding"], undefined);
});

test("streams have the chosen fields alone, in every framing", async (t) => {
  const edges = new Edges();
  edges.messages = [
    { name: "a", title: "t" },
    { name: "b", parts: [{ title: "u" }] },
  ];
  const app = await edgesApp(t, edges, { partialResponses: true });
  for (const [accept, expected] of [
    ["application/json", '[{"name":"a"},{"name":"b"}]'],
    ["application/x-ndjson", '{"name":"a"}\n{"name":"b"}\n'],
    [
      "text/event-stream",
      'data: {"name":"a"}\n\ndata: {"name":"b"}\n\nevent: end\ndata: {"count":2}\n\n',
    ],
  ] as const) {
    const response = await app.inject({ url: "/v1/items:watch?fields=name", headers: { accept } });
    assert.equal(response.body, expected);
  }
  const wrong = await app.inject("/v1/items:watch?fields=nope");
  assert.equal(wrong.statusCode, 400);
});

test("a mask that is inferred from a body has no field that a header gives", async (t) => {
  const edges = new Edges();
  const app = await edgesApp(t, edges);
  const headers = { "if-match": '"q"', "x-title": "h" };
  const change = { method: "PATCH", url: "/v1/items/1", headers } as const;
  await app.inject({ ...change, payload: { parts: [] } });
  await app.inject({ ...change, payload: { parts: [], title: "mine", etag: "mine" } });
  for (const { item, updateMask } of edges.asked) {
    assert.deepEqual(updateMask, { paths: ["parts"] });
    assert.equal((item as { title: string }).title, "h");
    assert.equal((item as { etag: string }).etag, '"q"');
  }
});

test("an ignored parameter of an item makes the item, and does not break those behind it", async (t) => {
  const edges = new Edges();
  const app = await edgesApp(t, edges, { preset: "grpc-gateway" });
  const response = await app.inject("/v1/find?parts[0].nope=1&parts[0].name=a&parts[7].nope=1");
  assert.equal(response.statusCode, 200, response.body);
  const [asked] = edges.asked as { parts: { name: string }[] }[];
  assert.deepEqual(
    asked?.parts.map(({ name }) => name),
    ["a"],
  );
});
