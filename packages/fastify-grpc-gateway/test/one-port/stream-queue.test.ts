import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamQueue } from "../../src/one-port/stream-queue.ts";
import { connectHttp2, grpcFrame, grpcHeaders, requestHttp2 } from "./http-clients.ts";
import { plain } from "./server-shapes.ts";
import { startApp } from "./split-app.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const open = { destroyed: false, closed: false };

test("what comes at once is begun in its order, some in each turn", async () => {
  const queue = new StreamQueue();
  const begun: number[] = [];
  for (let i = 0; i < 100; i++) queue.add(open as never, () => void begun.push(i));
  assert.equal(begun.length, 32);
  await turn();
  assert.equal(begun.length, 64);
  // Later ones do not overtake those that wait.
  queue.add(open as never, () => void begun.push(100));
  while (begun.length < 101) await turn();
  assert.deepEqual(
    begun,
    Array.from({ length: 101 }, (_, i) => i),
  );
});

test("a stream that has gone while it waited costs no turn", async () => {
  const queue = new StreamQueue();
  const begun: number[] = [];
  const gone = { destroyed: true, closed: true };
  for (let i = 0; i < 32; i++) queue.add(open as never, () => void begun.push(i));
  for (let i = 0; i < 1_000; i++) queue.add(gone as never, () => assert.fail("it has gone"));
  queue.add(open as never, () => void begun.push(32));
  await turn();
  assert.equal(begun.at(-1), 32);
});

test("calls in a row are each begun at once", async () => {
  const queue = new StreamQueue();
  let begun = 0;
  for (let i = 0; i < 100; i++) {
    queue.add(open as never, () => begun++);
    assert.equal(begun, i + 1);
    await turn();
  }
});

test("more calls than a turn takes are all answered, over one connection", async (t) => {
  const { port } = await startApp(t, plain);
  const session = connectHttp2(t, plain, port);
  session.setMaxListeners(0);
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, i) =>
      requestHttp2(session, grpcHeaders("/probe.Probe/Unary"), grpcFrame(String(i))),
    ),
  );
  assert.deepEqual(
    answers.map(({ body }) => body),
    Array.from({ length: 200 }, (_, i) => grpcFrame(String(i))),
  );
});
