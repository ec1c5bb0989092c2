import assert from "node:assert/strict";
import { test } from "node:test";
import { BookStore, booksApp, ways } from "./books-service.ts";

const url = "/v1/shelves/1/books/2";
const message = { name: "n", title: "t", pages: 3, options: { language: "de", level: 1 } };

for (const way of ways) {
  test(`${way}: a client chooses the fields of a response`, async (t) => {
    const store = new BookStore();
    store.answer = { message };
    const app = await booksApp(t, store, way, { partialResponses: true });
    const ask = async (query: string, headers = {}) =>
      (await app.inject({ url: `${url}?${query}`, headers })).json();
    assert.deepEqual(await ask("fields=title,options.level"), {
      title: "t",
      options: { level: 1 },
    });
    assert.deepEqual(await ask("%24fields=title&etag=e&fields=pages"), { title: "t", pages: "3" });
    assert.equal(store.asked.at(-1)?.etag, "e");
    const headers = { "x-goog-fieldmask": "title" };
    assert.deepEqual(await ask("", headers), { title: "t" });
    assert.deepEqual(await ask("fields=pages", headers), { pages: "3" });
    assert.equal((await ask("fields=*")).name, "n");
    assert.equal((await ask("fields=")).name, "n");
  });
}

test("a path that is no field's is 400 and makes no call", async (t) => {
  const store = new BookStore();
  const app = await booksApp(t, store, "in-process", { partialResponses: true });
  for (const query of ["fields=title,no.such", "fields=a(", "fields=%ff"]) {
    const response = await app.inject(`${url}?${query}`);
    assert.equal(response.statusCode, 400, query);
  }
  const { message: text } = (await app.inject(`${url}?fields=options.no`)).json();
  assert.match(text, /"options\.no" is no field of the response/);
  assert.equal(store.asked.length, 0);
});

test("without the option `fields` is a parameter as any other", async (t) => {
  const store = new BookStore();
  store.answer = { message };
  const app = await booksApp(t, store);
  assert.equal((await app.inject(`${url}?fields=title`)).statusCode, 400);
  const headers = { "x-goog-fieldmask": "title" };
  assert.equal((await app.inject({ url, headers })).json().name, "n");
});

test("the entity tag and the headers are those of the whole response", async (t) => {
  const store = new BookStore();
  store.answer = { message: { ...message, etag: "e" } };
  const app = await booksApp(t, store, "in-process", { partialResponses: true });
  const response = await app.inject(`${url}?fields=title`);
  assert.equal(response.headers.etag, '"e"');
  assert.equal(response.headers["x-pages"], "3");
  assert.deepEqual(response.json(), { title: "t" });
});

test("many masks of one client are answered, and no more of them kept than there is room for", async (t) => {
  const store = new BookStore();
  store.answer = { message };
  const app = await booksApp(t, store, "in-process", { partialResponses: true });
  for (let i = 0; i < 200; i++) {
    const mask = `title${",title".repeat(i)}`;
    assert.deepEqual((await app.inject(`${url}?fields=${mask}`)).json(), { title: "t" });
  }
});

test("?pretty lays a response out, with its fields chosen or not", async (t) => {
  const store = new BookStore();
  store.answer = { message };
  const app = await booksApp(t, store, "in-process", { partialResponses: true, prettyPrint: true });
  const read = async (query: string) => (await app.inject(`${url}?${query}`)).body;
  const compact = await read("");
  assert.equal(await read("pretty"), JSON.stringify(JSON.parse(compact), null, 2));
  assert.equal(await read("pretty=true&fields=title"), '{\n  "title": "t"\n}');
  assert.equal(await read("pretty=false"), compact);
  assert.equal((await app.inject(`${url}?prettyy`)).statusCode, 400);
});
