import assert from "node:assert/strict";
import { test } from "node:test";
import { BookStore, booksApp, ways } from "./books-service.ts";

const ask = { method: "POST", url: "/v1/asks/1" } as const;

for (const way of ways) {
  test(`${way}: headers and cookies fill fields, whatever the body says of them`, async (t) => {
    const store = new BookStore();
    const app = await booksApp(t, store, way);
    const response = await app.inject({
      ...ask,
      headers: { "x-tier": "3", "x-session": "s", cookie: 'other=1; lang="de"; lang=fr' },
      payload: { tier: 7, options: { language: "en", level: 2 }, etag: "e" },
    });
    assert.equal(response.statusCode, 200);
    const [asked] = store.asked;
    assert.equal(asked?.tier, 3);
    assert.equal(asked?.session, "s");
    assert.deepEqual({ ...asked?.options }, { language: "de", level: 2 });
    assert.equal(asked?.etag, "e");
    assert.equal(asked?.name, "asks/1");
  });
}

test("a value that is its field's default still takes the place of the body's", async (t) => {
  const store = new BookStore();
  const app = await booksApp(t, store);
  await app.inject({
    ...ask,
    headers: { "x-tier": "0", "x-session": "", cookie: "lang=" },
    payload: { tier: 7, session: "mine", options: { language: "en", level: 2 } },
  });
  const [asked] = store.asked;
  assert.equal(asked?.tier, 0);
  assert.equal(asked?.session, "");
  assert.deepEqual({ ...asked?.options }, { language: "", level: 2 });
});

test("what is not sent leaves the body's; what has to be is 400 without it", async (t) => {
  const store = new BookStore();
  const app = await booksApp(t, store);
  await app.inject({ ...ask, headers: { "x-session": "s" }, payload: { tier: 7 } });
  assert.equal(store.asked[0]?.tier, 7);
  const response = await app.inject({ ...ask, payload: {} });
  assert.equal(response.statusCode, 400);
  assert.equal(response.json().message, "header x-session: is missing");
  assert.equal(store.asked.length, 1);
});

test("a value that its field cannot have is 400, which names the header", async (t) => {
  const store = new BookStore();
  const app = await booksApp(t, store);
  const headers = { "x-tier": "many", "x-session": "s" };
  const response = await app.inject({ ...ask, headers, payload: {} });
  assert.equal(response.statusCode, 400);
  const { message, details } = response.json();
  assert.match(message, /^header x-tier: .*many/);
  assert.equal(details[0].fieldViolations[0].field, "header x-tier");
  assert.equal(store.asked.length, 0);
});
