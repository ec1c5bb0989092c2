import assert from "node:assert/strict";
import { test } from "node:test";
import type { FastifyInstance } from "fastify";
import { BookStore, booksApp, ways } from "./books-service.ts";

const name = "shelves/1/books/a b";
const create = { method: "POST", url: "/v1/books", payload: { title: "t" } } as const;

for (const way of ways) {
  test(`${way}: a create answers 201 with the location of what it made`, async (t) => {
    const store = new BookStore();
    store.answer = { message: { name }, metadata: { "set-cookie": ["a=1; HttpOnly", "b=2"] } };
    const app = await booksApp(t, store, way, { prefix: "/api" });
    const response = await app.inject({ ...create, url: "/api/v1/books" });
    assert.equal(response.statusCode, 201);
    assert.equal(response.headers.location, "/api/v1/shelves/1/books/a%20b");
    assert.deepEqual(response.headers["set-cookie"], ["a=1; HttpOnly", "b=2"]);
    assert.equal(response.json().name, name);
    assert.deepEqual(store.asked[0]?.book?.title, "t");
  });

  test(`${way}: 204 has no body and says no type`, async (t) => {
    const app = await booksApp(t, new BookStore(), way);
    const response = await app.inject({ method: "DELETE", url: "/v1/shelves/1/books/2" });
    assert.equal(response.statusCode, 204);
    assert.equal(response.body, "");
    assert.equal(response.headers["content-type"], undefined);
    assert.equal(response.headers["content-length"], undefined);
  });
}

async function created(
  app: FastifyInstance,
): Promise<Record<"status" | "location" | "code", unknown>> {
  const { statusCode, headers } = await app.inject(create);
  return { status: statusCode, location: headers.location, code: headers["x-http-code"] };
}

test("a service chooses among the statuses that its method declares, and no other", async (t) => {
  const store = new BookStore();
  const app = await booksApp(t, store);
  const location = "/v1/shelves/1/books/2";
  for (const [said, status] of [
    ["202", 202],
    ["303", 303],
    ["200", 201],
    ["404", 201],
    ["0303", 201],
    ["", 201],
  ] as const) {
    store.answer = { message: { name: location.slice(4) }, metadata: { "x-http-code": said } };
    assert.deepEqual(await created(app), { status, location, code: undefined }, said);
  }
});

test("a location is not made of a name that does not fit, and a redirect without one is 200", async (t) => {
  const store = new BookStore();
  const app = await booksApp(t, store);
  for (const wrong of ["", "books/2", "shelves/1/books/2/3", "//evil/books/x/y"]) {
    store.answer = { message: { name: wrong } };
    assert.deepEqual(await created(app), { status: 201, location: undefined, code: undefined });
    store.answer = { message: { name: wrong }, metadata: { "x-http-code": "303" } };
    assert.deepEqual(await created(app), { status: 200, location: undefined, code: undefined });
  }
});

test("a redirect whose location the service names by metadata is one", async (t) => {
  const store = new BookStore();
  store.answer = { metadata: { "x-http-code": "303", location: "https://elsewhere.example/" } };
  const app = await booksApp(t, store);
  const { status, location } = await created(app);
  assert.deepEqual({ status, location }, { status: 303, location: "https://elsewhere.example/" });
});

test("fields are headers as JSON has them; unset ones and what no header can hold are none", async (t) => {
  const store = new BookStore();
  store.answer = {
    message: {
      pages: "9007199254740993",
      published: { seconds: 1, nanos: 5e8 },
      loan: { seconds: 1, nanos: 5e8 },
      kind: 1,
      options: { language: "de" },
    },
  };
  const app = await booksApp(t, store);
  const { headers } = await app.inject("/v1/shelves/1/books/2");
  assert.equal(headers["x-pages"], "9007199254740993");
  assert.equal(headers["x-published"], "1970-01-01T00:00:01.500Z");
  assert.equal(headers["x-loan"], "1.500s");
  assert.equal(headers["x-kind"], "NOVEL");
  assert.equal(headers["x-language"], "de");
  assert.equal(headers["cache-control"], "max-age=60");
  store.answer = {
    message: { options: { language: "a\r\nx-evil: 1" } },
    metadata: { "cache-control": "no-store" },
  };
  const without = await app.inject("/v1/shelves/1/books/2");
  assert.equal(without.statusCode, 200);
  assert.equal(without.headers["x-language"], undefined);
  assert.equal(without.headers["x-evil"], undefined);
  assert.equal(without.headers["x-pages"], undefined);
  assert.equal(without.headers["cache-control"], "no-store");
});

test("a failure has none of what success declares", async (t) => {
  const store = new BookStore();
  store.answer = {
    failure: { code: 6, details: "there is one" },
    metadata: { "x-http-code": "303", "set-cookie": "a=1" },
  };
  const app = await booksApp(t, store);
  const response = await app.inject(create);
  assert.equal(response.statusCode, 409);
  assert.equal(response.headers.location, undefined);
  assert.equal(response.headers["set-cookie"], undefined);
  assert.equal(response.headers["x-http-code"], undefined);
});

test("options say the same of methods whose protos cannot, member by member", async (t) => {
  const store = new BookStore();
  store.answer = { message: { name, etag: "1" } };
  const app = await booksApp(t, store, "in-process", {
    methods: {
      "rest.v1.*": { etag: { field: "etag" } },
      "rest.v1.Books.CreateBook": { success: { status: 202, location: "/v1/ops/{name}" } },
    },
  });
  const response = await app.inject(create);
  assert.equal(response.statusCode, 202);
  assert.equal(response.headers.location, "/v1/ops/shelves%2F1%2Fbooks%2Fa%20b");
  assert.equal(response.headers.etag, '"1"');
  assert.equal((await app.inject("/v1/plain/1")).headers.etag, '"1"');
  // An Empty has no such field.
  const options = { method: "DELETE", url: "/v1/shelves/1/books/2" } as const;
  assert.equal((await app.inject(options)).statusCode, 204);
});

for (const [what, methods, expected] of [
  ["a status", { "rest.v1.Books.Plain": { success: { status: 404 } } }, /success\.status/],
  ["a member", { "rest.v1.Books.Plain": { succes: {} } }, /succes/],
  [
    "a header without its field",
    { "rest.v1.Books.Plain": { headers: [{ header: "x-a" }] } },
    /headers\[0\]\.field/,
  ],
  [
    "a field",
    { "rest.v1.Books.Plain": { etag: { field: "tag" } } },
    /methods\["rest\.v1\.Books\.Plain"\]\.etag\.field": "tag" is not a field of rest\.v1\.Book/,
  ],
  [
    "a template",
    { "rest.v1.Books.Plain": { success: { location: "/v1/*" } } },
    /success\.location": a wildcard/,
  ],
  ["a method", { "rest.v1.Books.Plane": { success: { status: 201 } } }, /is no method/],
  [
    "a header of HTTP's own",
    { "rest.v1.Books.Plain": { headers: [{ header: "content-length", field: "name" }] } },
    /belongs to HTTP/,
  ],
] as const) {
  test(`the option \`methods\` refuses ${what} that is wrong`, async (t) => {
    const app = booksApp(t, new BookStore(), "in-process", { methods: methods as never });
    await assert.rejects(app, { message: expected });
  });
}
