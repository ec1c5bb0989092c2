import assert from "node:assert/strict";
import { test } from "node:test";
import { echoApp, onlySet } from "./echo.ts";

// grpc-gateway v2.30 runtime/query.go, convert.go and fieldmask.go. The core tests every kind of field; here
// stands what clients of an app see.

const read = { Read: { get: "/v1/{text}", additional_bindings: [{ get: "/v1" }] } };

const queries: readonly [behaviour: string, query: string, message: unknown][] = [
  ["B34", "text=x&inner.text=y", { text: "p", inner: { text: "y" } }],
  ["B35", "number=1;flag=t", undefined],
  ["B35", "number=%zz", undefined],
  ["B36", "nope=1&inner.nope=1", { text: "p", inner: {} }],
  ["B36", "left.nope=1", undefined],
  ["B37", "flag=T&number=010&ratio=1_0", { text: "p", flag: true, number: 10, ratio: 10 }],
  ["B37", "flag=yes", undefined],
  ["B37", "flag=", undefined],
  ["B37", "number=0x10", undefined],
  ["B37", "left=a&left=b", undefined],
  ["B39", "data=_-8%3D", { text: "p", data: "/+8=" }],
  ["B39", "data=_-8", undefined],
  ["B40", "color=1", { text: "p", color: "RED" }],
  ["B40", "color=2", undefined],
  ["B41", "words=a,b&words=", { text: "p", words: ["a,b", ""] }],
  ["B41, brackets", "words[]=a&words[0]=b", { text: "p" }],
  ["B42", "labels[a]=1&labels[]=2", { text: "p", labels: { a: "1", "": "2" } }],
  ["B42", "labels=1", undefined],
  ["B42", "labels[a]=1&labels[a]=2", undefined],
  ["B42", "others[a]=1", undefined],
  ["B43", "time=2024-01-01T01:00:00%2B01:00", { text: "p", time: "2024-01-01T00:00:00Z" }],
  ["B43", "time=2024-01-01", undefined],
  ["B43", "time.seconds=5", { text: "p", time: "1970-01-01T00:00:05Z" }],
  ["B43", "span=1m30s", { text: "p", span: "90s" }],
  ["B43", "boxed=5&label=", { text: "p", boxed: 5, label: "" }],
  ["B43", "boxed.value=5", { text: "p", boxed: 5 }],
  ["B43", "mask=a_b,c", { text: "p", mask: "aB,c" }],
  ["B43", "extra=%7B%22a%22:1%7D", { text: "p", extra: { a: 1 } }],
  ["B43", "list=[1]", undefined],
  ["B44", "left=a&right.text=b", undefined],
  ["B44", "right.text=b&right.number=1", { text: "p", right: { text: "b", number: 1 } }],
  ["B44", "note=", { text: "p", note: "" }],
];

test("B34 to B44: binds queries", async (t) => {
  const app = await echoApp(t, read, onlySet);
  for (const [behaviour, query, message] of queries) {
    await t.test(`${behaviour}: ${query}`, async () => {
      const response = await app.inject(`/v1/p?${query}`);
      assert.equal(response.statusCode, message === undefined ? 400 : 200, response.body);
      if (message === undefined) assert.equal(response.json().code, 3);
      else assert.deepEqual(response.json(), message);
    });
  }
});

const captures: readonly [behaviour: string, variable: string, text: string, message: unknown][] = [
  ["B38", "number", "0x10", { number: 16 }],
  ["B38", "number", "010", { number: 8 }],
  ["B38", "inner.number", "010", { inner: { number: 10 } }],
  ["B38", "long", "1_000", { long: "1000" }],
  ["B40", "color", "0x1", { color: "RED" }],
  ["B41", "words", "a,b,", { words: ["a", "b", ""] }],
  ["B41", "numbers", "1,0b11", { numbers: [1, 3] }],
  ["B41", "numbers", "1,x", undefined],
  ["B43", "span", "1.5s", { span: "1.500s" }],
  ["B43", "span", "1m", undefined],
];

test("B38 to B43: binds paths", async (t) => {
  for (const [behaviour, variable, text, message] of captures) {
    await t.test(`${behaviour}: {${variable}} of ${text}`, async (t) => {
      const app = await echoApp(t, { Read: { get: `/v1/{${variable}}` } }, onlySet);
      const response = await app.inject(`/v1/${text}`);
      assert.equal(response.statusCode, message === undefined ? 400 : 200, response.body);
      if (message !== undefined) assert.deepEqual(response.json(), message);
    });
  }
});

test("B33, B34: the path wins over the body; a query beside a whole-message body is not read", async (t) => {
  const rules = {
    Send: { post: "/v1/{text}", body: "*" },
    Read: { post: "/v2/{text}", body: "inner" },
  };
  const app = await echoApp(t, rules, onlySet);
  const post = (url: string, payload: object) => app.inject({ method: "POST", url, payload });
  const whole = await post("/v1/path?number=5&%zz;", { text: "body", flag: true });
  assert.deepEqual(whole.json(), { text: "path", flag: true });
  const part = await post("/v2/path?number=5&inner.number=6&text=query", { flag: true });
  assert.deepEqual(part.json(), { text: "path", number: 5, inner: { flag: true } });
});

const bodies: readonly [body: string, message: unknown][] = [
  ['{"number":1}{"number":2}', { number: 1 }],
  ['{"number":1} trailing', { number: 1 }],
  ['{"number":1,"nope":{}}', { number: 1 }],
  ["", {}],
  [" \n", {}],
  ["null 1", undefined],
  ['{"number":1', undefined],
  ["[]", undefined],
  ["number=1", undefined],
];

test("B45: takes the first JSON value of a body, whatever its type is called", async (t) => {
  const app = await echoApp(t, { Send: { post: "/v1", body: "*" } }, onlySet);
  for (const [payload, message] of bodies) {
    for (const type of ["application/json", "text/csv", "application/x-www-form-urlencoded"]) {
      const headers = { "content-type": type };
      const response = await app.inject({ method: "POST", url: "/v1", payload, headers });
      assert.equal(response.statusCode, message === undefined ? 400 : 200, `${type}: ${payload}`);
      if (message === undefined) assert.equal(response.json().code, 3);
      else assert.deepEqual(response.json(), message);
    }
  }
});

test("B55, B56: infers the mask of a PATCH; the query's own replaces it; {} gives none", async (t) => {
  const app = await echoApp(t, { Update: { patch: "/v1/{kinds.text}", body: "kinds" } }, onlySet);
  const patch = (payload: string, query = "") =>
    app.inject({
      method: "PATCH",
      url: `/v1/p${query}`,
      payload,
      headers: { "content-type": "a/b" },
    });
  const set = await patch(
    '{"number":0,"inner":{"flag":true,"words":["a"]},"right":null,"span":null}',
  );
  assert.equal(set.json().updateMask, "inner.flag,inner.words,number,right,span");
  assert.equal((await patch('{"number":5}', "?updateMask=flag")).json().updateMask, "flag");
  assert.equal((await patch("{}")).json().updateMask, undefined);
  assert.equal((await patch("")).json().updateMask, undefined);
  assert.equal((await patch('{"nope":5}')).statusCode, 400);
});
