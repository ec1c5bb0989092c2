import assert from "node:assert/strict";
import { once } from "node:events";
import { Readable } from "node:stream";
import { test } from "node:test";
import type { FastifyInstance } from "fastify";
import { bankApp, newKey, type Sent, sendHttp1 } from "./bank.ts";

/** Hand-written routes that count what they execute. */
function routes(app: FastifyInstance): { executed: number; finish: () => void } {
  const state = { executed: 0, finish() {} };
  // Makes of a body what another must not be made of again.
  app.addHook("onSend", async (request, _reply, payload) =>
    request.headers["x-wrap"] === undefined ? payload : `<${String(payload)}>`,
  );
  app.post("/orders/:id", { config: { idempotency: "required" } }, async (request, reply) => {
    state.executed += 1;
    const { status = 201, wait } = (request.body ?? {}) as { status?: number; wait?: boolean };
    if (wait) {
      app.server.emit("order");
      await new Promise<void>((resolve) => {
        state.finish = resolve;
      });
    }
    reply.code(status).header("location", "/orders/7").header("x-own", "1").header("x-other", "1");
    if (status === 500) throw new Error("it broke");
    return { number: state.executed };
  });
  app.post("/notes", async () => {
    state.executed += 1;
    return "noted";
  });
  app.post("/files", { config: { idempotency: "optional" } }, async (_request, reply) => {
    state.executed += 1;
    return reply.type("text/plain").send(Readable.from(["a", "b"]));
  });
  return state;
}

test("a hand-written route executes once for each key", async (t) => {
  let state = { executed: 0, finish() {} };
  const { port } = await bankApp(t, {
    idempotency: { methods: {}, routes: { "POST /notes": "optional" }, headers: ["x-ow*"] },
    before: (app) => {
      state = routes(app);
    },
  });
  const send = (key: string | undefined, body: string, rest: Sent = {}) =>
    sendHttp1(port, { path: "/orders/7", body, ...(key && { key }), ...rest });
  const missing = await send(undefined, "{}");
  assert.deepEqual([missing.status, missing.reason], [400, "IDEMPOTENCY_KEY_REQUIRED"]);
  assert.equal((await send("a b", "{}")).reason, "IDEMPOTENCY_KEY_MALFORMED");

  const key = newKey();
  const wrapped = { headers: { "x-wrap": "1" } };
  const first = await send(key, '{"a":1,"b":[2]}', wrapped);
  assert.deepEqual([first.status, first.body.toString()], [201, '<{"number":1}>']);
  const second = await send(key, '{ "b":[2], "a":1 }', wrapped);
  assert.deepEqual([second.status, second.replayed, second.body], [201, true, first.body]);
  assert.equal(second.headers.location, "/orders/7");
  assert.equal(second.headers["content-type"], first.headers["content-type"]);
  assert.equal(second.headers["x-own"], "1");
  assert.equal(second.headers["x-other"], undefined);
  assert.equal((await send(key, '{"a":2,"b":[2]}')).reason, "IDEMPOTENCY_KEY_REUSED");
  assert.equal((await send(key, '{"a":1,"b":[2]}', { path: "/orders/8" })).status, 422);
  assert.equal(state.executed, 1);

  const noteKey = newKey();
  const note = () => send(noteKey, "{}", { path: "/notes" });
  assert.equal((await note()).replayed, false);
  assert.equal((await note()).body.toString(), "noted");
  assert.equal((await send(undefined, "{}", { path: "/notes" })).status, 200);
  assert.equal(state.executed, 3);
});

test("the ends of a hand-written route count by their status", async (t) => {
  let state = { executed: 0, finish() {} };
  const { port } = await bankApp(t, {
    before: (app) => {
      state = routes(app);
    },
  });
  for (const [status, replayed, then, executed] of [
    [404, true, 404, 1],
    [409, false, 409, 2],
    [429, false, 429, 2],
    [503, false, 409, 1],
    [500, false, 409, 1],
  ] as const) {
    const key = newKey();
    const before = state.executed;
    const send = () => sendHttp1(port, { path: "/orders/7", key, body: `{"status":${status}}` });
    assert.equal((await send()).status, status);
    const second = await send();
    assert.deepEqual([second.status, second.replayed], [then, replayed], String(status));
    assert.equal(state.executed - before, executed, String(status));
  }
  const key = newKey();
  const file = () => sendHttp1(port, { path: "/files", key });
  assert.equal((await file()).body.toString(), "ab");
  assert.equal((await file()).reason, "REPLAY_UNAVAILABLE", "a stream is not kept");
});

test("equal requests to a hand-written route wait for the first, whose client may leave", async (t) => {
  let state = { executed: 0, finish() {} };
  const { app, port } = await bankApp(t, {
    before: (one) => {
      state = routes(one);
    },
  });
  const key = newKey();
  const leaving = new AbortController();
  const sent = { path: "/orders/7", key, body: '{"wait":true}' };
  const begun = once(app.server, "order");
  const first = sendHttp1(port, { ...sent, signal: leaving.signal });
  await begun;
  const others = Array.from({ length: 5 }, () => sendHttp1(port, sent));
  leaving.abort();
  await assert.rejects(first);
  state.finish();
  const answers = await Promise.all(others);
  assert.deepEqual([...new Set(answers.map(({ body }) => body.toString()))], ['{"number":1}']);
  assert.ok(answers.every(({ replayed }) => replayed));
  assert.equal(state.executed, 1);
});

test("a body that is a stream cannot be compared", async (t) => {
  const { port } = await bankApp(t, {
    before: (app) => {
      app.addContentTypeParser("text/csv", (_request, payload, done) => done(null, payload));
      routes(app);
    },
  });
  const headers = { "content-type": "text/csv" };
  const answer = await sendHttp1(port, { path: "/files", key: newKey(), headers });
  assert.deepEqual([answer.status, answer.reason], [500, "FST_GRPC_IDEMPOTENCY_BODY"]);
});
