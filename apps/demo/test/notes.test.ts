import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import { buildApp } from "../src/app.ts";
import { createServiceServer } from "../src/service-server.ts";

// Headers that every answer may have, or that belong to HTTP itself.
const undocumented: ReadonlySet<string> = new Set([
  "content-type",
  "content-length",
  "connection",
  "date",
  "vary",
  // Of a hook of the demo's own.
  "cache-control",
]);

interface Told {
  readonly responses: Record<string, { readonly headers?: object }>;
}

/** The demo, and what asks it: each answer has to be one that its document tells, with its headers. */
async function demo(t: TestContext) {
  const app: FastifyInstance = await buildApp({ upstream: await createServiceServer() });
  t.after(() => app.close());
  await app.ready();
  const { paths } = app.grpcOpenapi.document();
  return async (
    method: "GET" | "POST" | "PATCH" | "DELETE",
    url: string,
    headers: Record<string, string> = {},
    payload?: object,
  ): Promise<LightMyRequestResponse> => {
    const response = await app.inject({ method, url, headers, ...(payload && { payload }) });
    const template = /^\/v1\/notes\/[^?]/.test(url) ? "/v1/notes/{note}" : "/v1/notes";
    const item = paths[template] as Record<string, Told | undefined>;
    const told = item[method.toLowerCase()];
    const status = told?.responses[response.statusCode];
    assert.ok(status, `${method} ${url}: ${response.statusCode} is not documented`);
    const names = Object.keys(status.headers ?? {}).map((name) => name.toLowerCase());
    for (const name of Object.keys(response.headers)) {
      const isTold = names.includes(name) || undocumented.has(name);
      assert.ok(isTold, `${method} ${url}: ${name} of ${response.statusCode} is not documented`);
    }
    return response;
  };
}

test("a note is made with 201 and its place, changed by its tag and deleted with 204", async (t) => {
  const ask = await demo(t);
  const note = { text: "a, b", tags: ["x", "y"] };
  const missing = await ask("POST", "/v1/notes", {}, note);
  assert.equal(missing.statusCode, 400);
  assert.match(missing.json().message, /x-reader/);

  const created = await ask("POST", "/v1/notes", { "x-reader": "ada", cookie: "lang=de" }, note);
  assert.equal(created.statusCode, 201);
  assert.equal(created.headers.location, "/v1/notes/1");
  assert.equal(created.headers["set-cookie"], "last-note=1; HttpOnly; SameSite=Lax");
  const { reader, language, reads } = created.json();
  assert.deepEqual({ reader, language, reads }, { reader: "ada", language: "de", reads: 0 });

  const url = String(created.headers.location);
  const read = await ask("GET", url);
  assert.equal(read.headers.etag, '"1"');
  const known = await ask("GET", url, { "if-none-match": '"1"' });
  assert.equal(known.statusCode, 304);

  assert.equal((await ask("PATCH", url, {}, { text: "c" })).statusCode, 428);
  const changed = await ask("PATCH", url, { "if-match": '"1"' }, { text: "c" });
  assert.equal(changed.statusCode, 200);
  assert.equal(changed.headers.etag, '"2"');
  const late = await ask("PATCH", url, { "if-match": '"1"' }, { text: "d" });
  assert.equal(late.statusCode, 412);
  assert.equal((await ask("GET", url)).json().text, "c");

  const gone = await ask("DELETE", url);
  assert.equal(gone.statusCode, 204);
  assert.equal(gone.body, "");
  assert.equal((await ask("GET", url)).statusCode, 404);
});

test("notes are listed as JSON or as a table, in part or laid out", async (t) => {
  const ask = await demo(t);
  for (const tags of [["x", "y"], ["x"]]) {
    await ask("POST", "/v1/notes", { "x-reader": tags.join("") }, { text: "t", tags });
  }
  const list = await ask("GET", "/v1/notes?tags=x,y&filter[reader]=xy");
  assert.equal(list.headers["x-total"], "1");
  assert.equal(list.json().notes[0].name, "notes/1");
  const part = await ask("GET", "/v1/notes?fields=notes.name");
  assert.equal(part.body, '{"notes":[{"name":"notes/1"},{"name":"notes/2"}]}');
  const pretty = await ask("GET", "/v1/notes?fields=totalSize&pretty");
  assert.equal(pretty.body, '{\n  "totalSize": 2\n}');
  const table = await ask("GET", "/v1/notes?tags=y", { accept: "text/csv" });
  assert.equal(table.headers["content-type"], "text/csv");
  assert.equal(table.body, 'name,text\nnotes/1,"t"\n');
  assert.equal((await ask("GET", "/v1/notes", { accept: "image/png" })).statusCode, 406);
});
