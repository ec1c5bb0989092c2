import type { EventEmitter } from "node:events";
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import type { Connection } from "./kinds-clients.ts";
import type { KindsService } from "./kinds-service.ts";
import type { LeakApp } from "./leak-app.ts";
import type { LeakCase } from "./leak-cases.ts";

/** How many calls one connection has in a round, or many have. */
const roundCalls = 50;
/** How many connections a round of many has. */
const manyConnections = 10;
/** Node 20 itself ends a connection of more than 1,000 resets at a time. */
const maxResets = 800;
const patienceMs = 5_000;

/** Makes so many calls that end in one way, and tells what they left; nothing, if all is well. */
export async function leaksOf(app: LeakApp, leakCase: LeakCase, count: number): Promise<string[]> {
  const { client, end, over } = leakCase;
  app.service.forget();
  const isOne = over === "one connection";
  const isKept = isOne && end.ends !== "connection";
  const timers = timersNow();
  const problems: string[] = [];
  let connections: Connection[] = [];
  let first: string | undefined;
  let made = 0;
  let resets = 0;
  const closeAll = async (): Promise<void> => {
    if (first !== undefined) {
      const now = listenersNow(app);
      await soon(
        problems,
        `listeners as after the first calls, but ${now}`,
        () => listenersNow(app) === first,
      );
    }
    for (const connection of connections) connection.cut();
    connections = [];
    first = undefined;
    resets = 0;
    await soon(problems, "no connection is left", () => isEmpty(app));
  };
  while (made < count && problems.length === 0) {
    if (connections.length === 0) {
      const needed = isOne ? 1 : manyConnections;
      connections = Array.from({ length: needed }, () => client.connect(app.port));
    }
    const calls = await makeRound(app, leakCase, connections, problems);
    made += calls;
    if (end.ends !== undefined) resets += calls;
    await soon(problems, "no call is left", () => isWithoutCalls(app));
    if (!isKept || resets >= maxResets) await closeAll();
    else first ??= await stillListeners(app);
  }
  await closeAll();
  await soon(problems, "timers are as before", () => timersNow() <= timers);
  problems.push(...misled(leakCase, made, app.service));
  if (problems.length > 0) problems.push(JSON.stringify(app.app.grpcGateway().gauges));
  return problems;
}

/** Makes calls side by side, ends them and answers how many there were. */
async function makeRound(
  app: LeakApp,
  { client, kind, end, over }: LeakCase,
  connections: readonly Connection[],
  problems: string[],
): Promise<number> {
  // Requests that nobody ends can wait for their turn on a connection of HTTP/1.1.
  const most = end.act === undefined ? roundCalls : client.width;
  const width = over === "one connection" ? most : Math.max(1, most / manyConnections);
  const calls = connections.flatMap((connection) =>
    Array.from({ length: width }, () => connection.start({ ...end, kind })),
  );
  if (end.heldBy !== undefined) {
    const held = () => (end.heldBy === "hook" ? app.heldByHook : app.service.open);
    await soon(problems, `${calls.length} calls are held`, () => held() === calls.length);
    end.act?.({ connections, calls, app });
  }
  await Promise.all(calls.map((call) => call.ended));
  return calls.length;
}

/** What shows that calls did not take the way that they should have. */
function misled({ end }: LeakCase, made: number, service: KindsService): readonly string[] {
  const { called, fates } = service;
  const finished = fates.filter((fate) => fate === "finished").length;
  const expected = end.fate === undefined ? 0 : made;
  // A deadline may pass on the way.
  const isReached = called === expected || (end.headers?.["grpc-timeout"] && called > 0);
  return isReached && finished === (end.fate === "finished" ? made : 0)
    ? []
    : [`${called} of ${made} calls reached a handler, ${finished} were finished there`];
}

function isWithoutCalls({ app, service, heldByHook }: LeakApp): boolean {
  const { calls, grpcStreams } = app.grpcGateway().gauges;
  return calls + grpcStreams + service.open + heldByHook === 0;
}

function isEmpty({ app, connections }: LeakApp): boolean {
  const gauges = Object.values(app.grpcGateway().gauges);
  return gauges.every((gauge) => gauge === 0) && connections.size === 0;
}

/** Timers that keep the process alive. */
function timersNow(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
}

/** The listeners of the server and of the server's end of its connections. */
function listenersNow({ app, connections }: LeakApp): string {
  return [app.server as EventEmitter, ...connections]
    .map((emitter) =>
      emitter
        .eventNames()
        .map((event) => `${String(event)} ${emitter.listenerCount(event)}`)
        .sort()
        .join(", "),
    )
    .join("; ");
}

/** The listeners once those that go with an answer have gone. */
async function stillListeners(app: LeakApp): Promise<string> {
  for (let turn = 0; turn < 5; turn++) await nextTurn();
  return listenersNow(app);
}

/** Waits for a state, and notes it as missing when it does not come. */
async function soon(problems: string[], state: string, isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    if (isSo()) return;
    await nextTurn();
  }
  for (const until = Date.now() + patienceMs; Date.now() < until; await delay(2))
    if (isSo()) return;
  problems.push(`not so: ${state}`);
}
