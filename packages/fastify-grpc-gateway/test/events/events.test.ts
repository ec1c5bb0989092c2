import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { StreamEncoder } from "grpc-transcoding";
import { type RestClient, restClients } from "../rest-clients.ts";
import { type Change, FeedLog, feedApp } from "./feed-service.ts";

const accept = "text/event-stream";

/** A log whose streams send these and end. */
function sending(...changes: Change[]): FeedLog {
  const log = new FeedLog();
  log.run = (call) => {
    for (const change of changes) call.write(change);
    call.end();
  };
  return log;
}

async function bodyOf(
  app: FastifyInstance,
  url: string,
  headers: Record<string, string> = {},
): Promise<string> {
  const response = await app.inject({ url, headers: { accept, ...headers } });
  assert.equal(response.statusCode, 200, response.body);
  return response.body;
}

test("an event has the id, the type and the wait of the fields that the annotation names", async (t) => {
  const app = await feedApp(
    t,
    sending(
      { place: { revision: 7 }, kind: "ADDED", wait: { seconds: 2 }, label: "a" },
      { label: "b" },
    ),
  );
  const body = await bodyOf(app, "/v1/red/changes");
  const [first = "", second = "", end] = body.split("\n\n");
  assert.match(first, /^id: 7\nevent: ADDED\nretry: 2000\ndata: \{.*"label":"a"\}$/);
  assert.match(second, /^data: \{.*"label":"b"\}$/);
  assert.equal(end, 'event: end\ndata: {"count":2}');
});

test("other formats have no lines of events, and methods without fields only data", async (t) => {
  const app = await feedApp(t, sending({ place: { revision: 7 }, kind: "ADDED" }));
  const lines = await bodyOf(app, "/v1/red/changes", { accept: "application/x-ndjson" });
  assert.equal(lines.split("\n").length, 2);
  assert.equal(JSON.parse(lines).place.revision, "7");
  assert.match(await bodyOf(app, "/v1/red/follow"), /^data: /);
});

test("a value of the service cannot begin a line, and none is an event of the gateway's own", async (t) => {
  const hostile = ["1\n\ndata: forged", "1\rid: 2", "1\0", "error", "end"];
  const app = await feedApp(t, sending(...hostile.map((label) => ({ label }))), {
    streaming: { events: { "feed.v1.Feed.Follow": { event: "label" } } },
  });
  const blocks = (await bodyOf(app, "/v1/red/follow")).split("\n\n").slice(0, -1);
  assert.equal(blocks.length, hostile.length + 1);
  for (const block of blocks.slice(0, -1)) assert.match(block, /^data: .*$/);
});

test("the option names fields where protos do not, and goes before the annotation member by member", async (t) => {
  const change = { place: { revision: 7 }, kind: "ADDED", label: "x" };
  const app = await feedApp(t, sending(change), {
    streaming: {
      events: {
        "feed.v1.Feed.Follow": { eventId: "label" },
        "feed.v1.Feed.Watch": { eventId: "label" },
      },
    },
  });
  assert.match(await bodyOf(app, "/v1/red/follow"), /^id: x\ndata: /);
  assert.match(await bodyOf(app, "/v1/red/changes"), /^id: x\nevent: ADDED\ndata: /);
});

test("a field of the option that is wrong keeps the gateway from starting, and is named", async (t) => {
  const cases: readonly [string, object, RegExp][] = [
    [
      "feed.v1.Feed.Watch",
      { eventId: "nope" },
      /option "streaming\.events\["feed\.v1\.Feed\.Watch"\]\.eventId": "nope" is not a field/,
    ],
    ["feed.v1.Feed.Watch", { lastEventId: "group" }, /lastEventId": "group" is a variable of the/],
    [
      "feed.v1.Feed.Get",
      { eventId: "label" },
      /eventId": the method does not stream its responses/,
    ],
    ["feed.v1.Feed.Gone", { eventId: "label" }, /"feed\.v1\.Feed\.Gone" is no method; there are/],
    ["feed.v1.Feed.Watch", { id: "label" }, /a name in option "streaming\.events\["feed.*got "id"/],
    ["feed.v1.Feed.*", { eventId: "label" }, /a name in option "streaming\.events" must be a meth/],
  ];
  for (const [name, fields, message] of cases) {
    const options = { streaming: { events: { [name]: fields } } };
    await assert.rejects(feedApp(t, new FeedLog(), options), { code: "FST_GRPC_OPTION", message });
  }
});

test("a Last-Event-ID is the request field that takes it, whatever the URL says, for event streams", async (t) => {
  const log = sending();
  const app = await feedApp(t, log);
  const header = { "last-event-id": "9007199254740993" };
  await bodyOf(app, "/v1/red/changes?after=5", header);
  await bodyOf(app, "/v1/red/changes?after=5", { "last-event-id": "" });
  await bodyOf(app, "/v1/red/changes?after=5", { ...header, accept: "application/x-ndjson" });
  assert.deepEqual(
    log.asks.map(({ group, after }) => [group, after]),
    [
      ["red", "9007199254740993"],
      ["red", "5"],
      ["red", "5"],
    ],
  );
  assert.deepEqual(log.metadata[0]?.get("last-event-id"), []);
});

test("a Last-Event-ID that its field cannot have is a 400 that names the field", async (t) => {
  const log = sending();
  const app = await feedApp(t, log);
  for (const id of ["abc", "9223372036854775808", "\xff", "1&group=blue", "1\t2"]) {
    const response = await app.inject({
      url: "/v1/red/changes",
      headers: { accept, "last-event-id": id },
    });
    assert.equal(response.statusCode, 400, id);
    assert.match(response.body, /after|Last-Event-ID/);
  }
  assert.deepEqual(log.asks, []);
});

test("without a field the Last-Event-ID is metadata, of event streams alone, unless a rule denies it", async (t) => {
  const log = sending();
  log.answer = (_call, respond) => respond(null, {});
  const header = { "last-event-id": "7" };
  const app = await feedApp(t, log);
  await bodyOf(app, "/v1/red/follow", header);
  await bodyOf(app, "/v1/red/follow", { ...header, accept: "application/x-ndjson" });
  await bodyOf(app, "/v1/red/change", { ...header, accept: "*/*" });
  const denying = await feedApp(t, log, { headers: { request: { deny: ["last-event-id"] } } });
  await bodyOf(denying, "/v1/red/follow", header);
  const given = log.metadata.map((metadata) => metadata.get("last-event-id"));
  assert.deepEqual(given, [["7"], [], [], []]);
});

async function clientOf(
  t: TestContext,
  app: FastifyInstance,
  version: "HTTP/1.1" | "HTTP/2",
): Promise<RestClient> {
  if (!app.server.listening) await app.listen({ port: 0, host: "127.0.0.1" });
  const client = restClients[version](t, (app.server.address() as AddressInfo).port);
  t.after(() => client.close());
  return client;
}

for (const version of ["HTTP/1.1", "HTTP/2"] as const) {
  test(`${version}: a stream with nothing to send opens by a comment, and has its messages later`, {
    timeout: 5_000,
  }, async (t) => {
    const log = new FeedLog();
    const app = await feedApp(t, log, { streaming: { heartbeatMs: 20 } });
    const client = await clientOf(t, app, version);
    const call = client.start("/v1/red/changes", { accept });
    let feed: Parameters<FeedLog["run"]>[0] | undefined;
    log.run = (running) => {
      feed = running;
    };
    await call.begun;
    feed?.write({ place: { revision: 1 } });
    feed?.end();
    const { statusCode, body, isWhole } = await call.answer;
    assert.deepEqual([statusCode, isWhole], [200, true]);
    assert.match(
      body,
      /^(:\n\n)+id: 1\ndata: \{.*\}\n\n(:\n\n)*event: end\ndata: \{"count":1\}\n\n$/,
    );
  });

  test(`${version}: what fails behind the first comment is an error event, and the response breaks off`, {
    timeout: 5_000,
  }, async (t) => {
    const log = new FeedLog();
    const app = await feedApp(t, log, { streaming: { heartbeatMs: 20 } });
    let fail: (() => void) | undefined;
    log.run = (running) => {
      fail = () => running.emit("error", { code: 5, details: "gone" });
    };
    const call = (await clientOf(t, app, version)).start("/v1/red/changes", { accept });
    await call.begun;
    fail?.();
    const { statusCode, body, isWhole } = await call.answer;
    assert.deepEqual([statusCode, isWhole], [200, false]);
    assert.match(body, /event: error\ndata: \{.*"gone".*\}\n\n$/);
  });

  test(`${version}: a stream leaves no timer, however it ends`, { timeout: 5_000 }, async (t) => {
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const log = sending({ label: "x" });
    const app = await feedApp(t, log, { streaming: { heartbeatMs: 1_000_000 } });
    const client = await clientOf(t, app, version);
    await client.start("/v1/red/changes", { accept }).answer;
    const before = timers();
    for (const path of ["/v1/red/changes", "/v1/red/follow"]) {
      await client.start(path, { accept }).answer;
    }
    let cancelled = new Promise<void>(() => {});
    log.run = (call) => {
      cancelled = new Promise((resolve) => call.on("cancelled", resolve));
      call.write({ label: "x" });
    };
    const left = await clientOf(t, app, version);
    const call = left.start("/v1/red/changes", { accept });
    await call.begun;
    assert.ok(timers() > before, "a running stream has one");
    call.leave();
    await cancelled;
    left.close();
    log.run = (running) => {
      setImmediate(() => running.emit("error", { code: 5, details: "gone" }));
    };
    const failing = await client.start("/v1/red/changes", { accept }).answer;
    assert.equal(failing.statusCode, 404);
    while (timers() > before) await new Promise((resolve) => setImmediate(resolve));
  });
}

/** An event stream that was asked for by a client that reads as it is told to. */
async function openStream(
  t: TestContext,
  app: FastifyInstance,
  path: string,
): Promise<http.IncomingMessage> {
  const { port } = app.server.address() as AddressInfo;
  const request = http.get({ host: "127.0.0.1", port, path, headers: { accept } });
  t.after(() => request.destroy());
  const [response] = await once(request, "response");
  return response;
}

/** Reads so many bytes. */
async function readBytes(stream: http.IncomingMessage, count: number): Promise<void> {
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes >= count) return;
  }
}

const comment = ":\n\n";

test("a client that does not read gets no comments on top of what it has to read", {
  timeout: 10_000,
}, async (t) => {
  const log = new FeedLog();
  const app = await feedApp(t, log, { streaming: { heartbeatMs: 5 } });
  await app.listen({ port: 0, host: "127.0.0.1" });
  log.run = (call) => {
    if (call.request.group === "silent") return;
    for (let i = 0; i < 8; i++) call.write({ label: "x".repeat(1024 * 1024) });
    call.end();
  };
  const slow = await openStream(t, app, "/v1/red/changes");
  // Twenty silences by the same clock.
  await readBytes(await openStream(t, app, "/v1/silent/changes"), 20 * comment.length);
  const body = await text(slow);
  assert.match(body, /"count":8/);
  assert.ok(body.split(comment).length < 6, `${body.split(comment).length} comments`);
});

test("comments wait for a silence: what is sent before starts it anew", {
  timeout: 10_000,
}, async (t) => {
  const silenceMs = 400;
  const log = new FeedLog();
  log.run = async (call) => {
    for (let i = 0; i < 5; i++) {
      await delay(silenceMs / 2);
      call.write({ label: "x" });
    }
    call.end();
  };
  const app = await feedApp(t, log, { streaming: { heartbeatMs: silenceMs } });
  const body = await bodyOf(app, "/v1/red/changes");
  assert.match(body, /"count":5/);
  // By the clock alone there would be two; one may be the test's own stall.
  assert.ok(body.split(comment).length <= 2, body);
});

test("an encoder of the app's has the event's fields if its format is event streams", async (t) => {
  const seen: unknown[] = [];
  const encoderOf = (contentType: string): StreamEncoder => ({
    name: contentType,
    contentType,
    start: () => "",
    message(json, _index, event) {
      seen.push(event);
      return json;
    },
    error: (body) => body,
    end: () => "",
  });
  const types = ["text/event-stream; charset=utf-8", "text/csv"];
  const app = await feedApp(t, sending({ place: { revision: 7 }, kind: "ADDED" }), {
    streaming: { formats: types.map(encoderOf) },
  });
  for (const type of ["text/event-stream", "text/csv"]) {
    await bodyOf(app, "/v1/red/changes", { accept: type });
  }
  assert.deepEqual(seen, [{ id: "7", event: "ADDED", retry: undefined }, undefined]);
});

test("formats without comments, and a heartbeat of 0, stay silent until the first message", {
  timeout: 10_000,
}, async (t) => {
  const idle = new FeedLog();
  idle.run = () => {};
  const noisy = await feedApp(t, idle, { streaming: { heartbeatMs: 5 } });
  await noisy.listen({ port: 0, host: "127.0.0.1" });
  const silent: readonly [string, number][] = [
    ["application/x-ndjson", 5],
    ["application/json", 5],
    [accept, 0],
  ];
  for (const [format, heartbeatMs] of silent) {
    const log = new FeedLog();
    const app = await feedApp(t, log, { streaming: { heartbeatMs } });
    // Later than the same silence elsewhere.
    log.run = async (call) => {
      await readBytes(await openStream(t, noisy, "/v1/red/changes"), 5 * comment.length);
      call.emit("error", { code: 5, details: "gone" });
    };
    const response = await app.inject({ url: "/v1/red/changes", headers: { accept: format } });
    assert.equal(response.statusCode, 404, format);
  }
});
