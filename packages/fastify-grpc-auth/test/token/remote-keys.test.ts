import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { UnverifiableToken } from "../../src/token/invalid-token.ts";
import { type KeySet, RemoteKeys } from "../../src/token/remote-keys.ts";

interface Published {
  readonly keys: RemoteKeys;
  readonly fetches: { count: number };
  readonly changes: KeySet[];
  readonly errors: Error[];
  answer: RequestListener;
}

async function published(t: TestContext): Promise<Published> {
  t.mock.timers.enable({ apis: ["Date"], now: 1_000_000_000_000 });
  const fetches = { count: 0 };
  const server = createServer((request, response) => {
    fetches.count += 1;
    it.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const changes: KeySet[] = [];
  const errors: Error[] = [];
  const { port } = server.address() as AddressInfo;
  const keys = new RemoteKeys(new URL(`http://127.0.0.1:${port}/jwks`), {
    onChange: (set) => changes.push(set),
    onError: (error) => errors.push(error as Error),
  });
  const it: Published = { keys, fetches, changes, errors, answer: answering("a") };
  return it;
}

const answering =
  (kid: string): RequestListener =>
  (_request, response) =>
    void response.end(JSON.stringify({ keys: [{ kid }] }));

const down: RequestListener = (_request, response) => void response.writeHead(500).end("down");

function kidOf(set: KeySet | undefined): unknown {
  return (set?.keys[0] as { kid?: string } | undefined)?.kid;
}

test("keys are fetched once for all who ask, and again when they are ten minutes old", async (t) => {
  const it = await published(t);
  const sets = await Promise.all(Array.from({ length: 20 }, () => it.keys.current()));
  assert.equal(new Set(sets).size, 1);
  t.mock.timers.tick(599_000);
  await it.keys.current();
  assert.equal(it.fetches.count, 1);
  it.answer = answering("b");
  t.mock.timers.tick(1_000);
  assert.equal(kidOf(await it.keys.current()), "b");
  assert.equal(it.fetches.count, 2);
  assert.deepEqual(it.changes.map(kidOf), ["a", "b"]);
});

test("an unknown key makes the issuer be asked again, once in 30 seconds", async (t) => {
  const it = await published(t);
  const first = await it.keys.current();
  it.answer = answering("b");
  assert.equal(await it.keys.newer(first), undefined);
  assert.equal(it.fetches.count, 1);
  t.mock.timers.tick(30_000);
  const sets = await Promise.all(Array.from({ length: 50 }, () => it.keys.newer(first)));
  assert.deepEqual([...new Set(sets.map(kidOf))], ["b"]);
  assert.equal(it.fetches.count, 2);
  const [second] = sets;
  assert.equal(await it.keys.newer(second as KeySet), undefined);
  t.mock.timers.tick(30_000);
  // Asked, but nothing new.
  assert.equal(await it.keys.newer(second as KeySet), undefined);
  assert.equal(it.fetches.count, 3);
  assert.equal(it.changes.length, 2);
});

test("old keys are used while the issuer is down, and an unknown one cannot be told", async (t) => {
  const it = await published(t);
  const first = await it.keys.current();
  it.answer = down;
  t.mock.timers.tick(700_000);
  for (let i = 0; i < 10; i += 1) assert.equal(await it.keys.current(), first);
  assert.equal(it.fetches.count, 2);
  await assert.rejects(it.keys.newer(first), UnverifiableToken);
  assert.equal(it.fetches.count, 2);
  it.answer = answering("b");
  t.mock.timers.tick(30_000);
  assert.equal(kidOf(await it.keys.newer(first)), "b");
});

test("without any key the issuer is asked once a second, until it answers", async (t) => {
  const it = await published(t);
  it.answer = down;
  for (let i = 0; i < 10; i += 1) await assert.rejects(it.keys.current(), UnverifiableToken);
  assert.equal(it.fetches.count, 1);
  t.mock.timers.tick(1_000);
  await assert.rejects(it.keys.current(), UnverifiableToken);
  assert.equal(it.fetches.count, 2);
  it.answer = answering("a");
  t.mock.timers.tick(1_000);
  assert.equal(kidOf(await it.keys.current()), "a");
});

test("what is no key set, too large or elsewhere is no answer", async (t) => {
  const answers: readonly RequestListener[] = [
    (_request, response) => void response.end("no JSON"),
    (_request, response) => void response.end('{"keys":{}}'),
    (_request, response) => void response.end("null"),
    (_request, response) => void response.end(`{"keys":["${"x".repeat(600_000)}"]}`),
    (_request, response) => void response.writeHead(302, { location: "/other" }).end(),
    (request) => void request.socket.destroy(),
  ];
  const it = await published(t);
  for (const answer of answers) {
    it.answer = answer;
    await assert.rejects(it.keys.current(), UnverifiableToken);
    t.mock.timers.tick(1_000);
  }
  assert.equal(it.errors.length, answers.length);
  assert.equal(it.fetches.count, answers.length);
});
