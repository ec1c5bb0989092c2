import assert from "node:assert/strict";
import { test } from "node:test";
import { BookStore, booksApp, ways } from "./books-service.ts";

for (const way of ways) {
  for (const [accept, status, method, type] of [
    ["application/json", 200, "ListBooks", "application/json"],
    ["text/csv", 200, "ExportBooks", "text/csv"],
    ["text/*", 200, "ExportBooks", "text/csv"],
    ["application/vnd.books+json", 200, "ListBooks", "application/vnd.books+json"],
    ["text/csv;q=0.5, application/json", 200, "ListBooks", "application/json"],
    ["text/csv, application/json;q=0.5", 200, "ExportBooks", "text/csv"],
    ["*/*", 200, "ListBooks", "application/json"],
    [undefined, 200, "ListBooks", "application/json"],
    ["image/png", 406, undefined, "application/json"],
    ["text/csv;q=0", 406, undefined, "application/json"],
  ] as const) {
    test(`${way}: Accept: ${accept} is ${method ?? status}`, async (t) => {
      const store = new BookStore();
      store.answer = { message: { contentType: "text/csv", data: Buffer.from("a,b") } };
      const app = await booksApp(t, store, way);
      const headers = accept === undefined ? {} : { accept };
      const response = await app.inject({ url: "/v1/export", headers });
      assert.equal(response.statusCode, status);
      assert.deepEqual(store.called, method === undefined ? [] : [method]);
      assert.equal(response.headers["content-type"], type);
      if (status === 200) assert.match(String(response.headers.vary), /accept/);
      else {
        assert.match(
          response.json().message,
          /application\/json, application\/vnd\.books\+json, text\/csv/,
        );
      }
    });
  }

  for (const [type, payload, status, method] of [
    ["application/json", "{}", 200, "ImportBook"],
    ["application/json; charset=utf-8", "{}", 200, "ImportBook"],
    ["text/csv", "a,b", 200, "ImportFile"],
    ["application/zip", "a,b", 200, "ImportFile"],
    ["image/png", "a,b", 415, undefined],
    [undefined, undefined, 200, "ImportBook"],
  ] as const) {
    test(`${way}: Content-Type: ${type} is ${method ?? status}`, async (t) => {
      const store = new BookStore();
      const app = await booksApp(t, store, way);
      const headers = type === undefined ? {} : { "content-type": type };
      const options = { method: "POST", url: "/v1/import", headers } as const;
      const response = await app.inject(payload === undefined ? options : { ...options, payload });
      assert.equal(response.statusCode, status);
      assert.deepEqual(store.called, method === undefined ? [] : [method]);
      if (status === 415) {
        assert.equal(response.headers.accept, "application/json, text/*, application/zip");
      }
    });
  }
}

test("two methods of one verb and path that nothing tells apart are a conflict", async (t) => {
  const same = { produces: ["text/csv"] };
  const app = booksApp(t, new BookStore(), "in-process", {
    methods: { "rest.v1.Books.ListBooks": same },
  });
  await assert.rejects(app, { code: "FST_GRPC_CONFLICT" });
});

test("a wrong verb of such a path is 405", async (t) => {
  const app = await booksApp(t, new BookStore());
  const response = await app.inject({ method: "PUT", url: "/v1/export" });
  assert.equal(response.statusCode, 405);
  assert.equal(response.headers.allow, "GET, HEAD");
});

test("no_content makes an Empty a 204, under a prefix where it can", async (t) => {
  const store = new BookStore();
  const app = await booksApp(t, store, "in-process", {
    methods: { "rest.v1.*": { success: { noContent: true } } },
  });
  const url = "/v1/shelves/1/books/2";
  assert.equal((await app.inject({ method: "DELETE", url })).statusCode, 204);
  assert.equal((await app.inject(url)).statusCode, 200);
});

test("a file that says no type has the one that its method declares", async (t) => {
  const store = new BookStore();
  const app = await booksApp(t, store);
  for (const [contentType, expected] of [
    ["", "text/csv"],
    ["text/csv; header=absent", "text/csv; header=absent"],
  ]) {
    store.answer = { message: { contentType, data: Buffer.from("a,b") } };
    const response = await app.inject({ url: "/v1/export", headers: { accept: "text/csv" } });
    assert.equal(response.headers["content-type"], expected);
  }
});
