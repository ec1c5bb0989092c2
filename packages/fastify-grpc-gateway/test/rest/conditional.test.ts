import assert from "node:assert/strict";
import { test } from "node:test";
import { BookStore, booksApp, ways } from "./books-service.ts";

const url = "/v1/shelves/1/books/2";

for (const way of ways) {
  test(`${way}: a GET of a state that the client has is 304, without a body`, async (t) => {
    const store = new BookStore();
    store.answer = { message: { etag: '"a"', title: "t" } };
    const app = await booksApp(t, store, way);
    const whole = await app.inject(url);
    assert.equal(whole.statusCode, 200);
    assert.equal(whole.headers.etag, '"a"');
    for (const method of ["GET", "HEAD"] as const) {
      const headers = { "if-none-match": 'W/"x", W/"a"' };
      const response = await app.inject({ method, url, headers });
      assert.equal(response.statusCode, 304);
      assert.equal(response.body, "");
      assert.equal(response.headers.etag, '"a"');
      assert.equal(response.headers["cache-control"], "max-age=60");
      assert.equal(response.headers["content-type"], undefined);
      assert.equal(response.headers["content-length"], undefined);
    }
    const headers = { "if-none-match": '"b"' };
    const other = await app.inject({ url, headers });
    assert.equal(other.statusCode, 200);
    assert.equal(other.json().title, "t");
  });

  test(`${way}: If-Match fills its field, and a state that has changed is 412`, async (t) => {
    const store = new BookStore();
    const app = await booksApp(t, store, way);
    const update = { method: "PATCH", url, payload: { title: "t", etag: '"mine"' } } as const;
    await app.inject({ ...update, headers: { "if-match": '"a"' } });
    assert.equal(store.asked[0]?.book?.etag, '"a"');
    assert.equal(store.asked[0]?.book?.title, "t");
    for (const [code, status] of [
      [10, 412],
      [9, 400],
      [5, 404],
      [14, 503],
    ] as const) {
      store.answer = { failure: { code, details: "no" } };
      const response = await app.inject({ ...update, headers: { "if-match": '"a"' } });
      assert.equal(response.statusCode, status, `${code}`);
    }
    store.answer = { failure: { code: 10, details: "no" } };
    // Without the header it is a conflict as any other.
    assert.equal((await app.inject(update)).statusCode, 409);
  });
}

for (const [named, expected] of [
  ["*", 304],
  ['"a"', 304],
  ['W/"a"', 304],
  ["a", 200],
  ['"a', 200],
  ['"b", "a"', 304],
  ["", 200],
] as const) {
  test(`If-None-Match: ${named} of a state "a" is ${expected}`, async (t) => {
    const store = new BookStore();
    // Without quotes in the field: the header has them.
    store.answer = { message: { etag: "a" } };
    const app = await booksApp(t, store);
    const response = await app.inject({ url, headers: { "if-none-match": named } });
    assert.equal(response.statusCode, expected);
    assert.equal(response.headers.etag, '"a"');
  });
}

test("a field without a tag, or with what none can have, makes no header", async (t) => {
  const store = new BookStore();
  const app = await booksApp(t, store);
  for (const etag of ["", 'a"b', "a b\n"]) {
    store.answer = { message: { etag } };
    const response = await app.inject({ url, headers: { "if-none-match": "*" } });
    assert.equal(response.statusCode, 200);
    assert.equal(response.headers.etag, undefined);
  }
});

test("a tag that has to be there is 428 without the header or the field", async (t) => {
  const store = new BookStore();
  const app = await booksApp(t, store);
  const update = { method: "PATCH", url, payload: { title: "t" } } as const;
  const without = await app.inject(update);
  assert.equal(without.statusCode, 428);
  assert.equal(without.json().details[0].reason, "PRECONDITION_REQUIRED");
  assert.match(without.json().message, /If-Match/);
  assert.equal(store.asked.length, 0);
  const inBody = await app.inject({ ...update, payload: { etag: "a" } });
  assert.equal(inBody.statusCode, 200);
});

test("If-Match: * asks that there is one: NOT_FOUND is 412", async (t) => {
  const store = new BookStore();
  const app = await booksApp(t, store);
  const request = { method: "PATCH", url, headers: { "if-match": "*" }, payload: {} } as const;
  assert.equal((await app.inject(request)).statusCode, 200);
  store.answer = { failure: { code: 5, details: "no" } };
  assert.equal((await app.inject(request)).statusCode, 412);
});

test("If-Match that one field cannot take is 400, which names the header", async (t) => {
  const store = new BookStore();
  const app = await booksApp(t, store);
  for (const header of ["a", '"a", "b"', "", '"a'] as const) {
    const headers = { "if-match": header };
    const response = await app.inject({ method: "PATCH", url, headers, payload: {} });
    assert.equal(response.statusCode, 400, header);
    assert.match(response.json().message, /^If-Match: /);
  }
  assert.equal(store.asked.length, 0);
});

test("fields that hold tags without quotes get them so", async (t) => {
  const store = new BookStore();
  const app = await booksApp(t, store);
  for (const header of ['"a"', 'W/"a"']) {
    await app.inject({ method: "DELETE", url, headers: { "if-match": header } });
    assert.equal(store.asked.at(-1)?.etag, "a");
  }
});

test("a tag made from the body is weak, and changes with it", async (t) => {
  const store = new BookStore();
  const app = await booksApp(t, store, "in-process", {
    methods: { "rest.v1.Books.Plain": { etag: { hash: true } } },
  });
  const first = await app.inject("/v1/plain/1");
  const etag = String(first.headers.etag);
  assert.match(etag, /^W\/"[\w-]{27}"$/);
  const headers = { "if-none-match": etag };
  assert.equal((await app.inject({ url: "/v1/plain/1", headers })).statusCode, 304);
  store.answer = { message: { title: "other" } };
  const second = await app.inject({ url: "/v1/plain/1", headers });
  assert.equal(second.statusCode, 200);
  assert.notEqual(second.headers.etag, etag);
});
