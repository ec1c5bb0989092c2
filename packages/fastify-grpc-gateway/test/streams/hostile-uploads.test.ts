import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import type { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { loadSchema } from "grpc-transcoding";
import { ask, outcomeOf } from "./call-behaviour.ts";
import { callsApp } from "./calls-app.ts";
import { callsProto } from "./calls-service.ts";
import { plainWires, type StreamedCall } from "./stream-clients.ts";

const timeout = 10_000;

/** A connection of HTTP/1.x whose bytes a test writes and reads. */
function rawClient(t: TestContext, port: number) {
  const socket = net.connect(port, "127.0.0.1").on("error", () => {});
  t.after(() => socket.destroy());
  let text = "";
  let wake = (): void => {};
  socket.setEncoding("latin1").on("data", (piece: string) => {
    text += piece;
    wake();
  });
  socket.on("close", () => wake());
  return {
    socket,
    get text() {
      return text;
    },
    async until(isThere: (text: string) => boolean): Promise<string> {
      while (!isThere(text)) {
        assert.ok(!socket.destroyed, `closed behind ${JSON.stringify(text)}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return text;
    },
  };
}

function chunked(...lines: readonly string[]): string {
  return `${lines.map((line) => `${line.length.toString(16)}\r\n${line}\r\n`).join("")}0\r\n\r\n`;
}

const post = (path: string, more = "transfer-encoding: chunked\r\n", version = "1.1"): string =>
  `POST ${path} HTTP/${version}\r\nhost: a\r\n${more}\r\n`;

test("pipelined uploads are answered one behind the other", { timeout }, async (t) => {
  const { port } = await callsApp(t);
  const client = rawClient(t, port);
  client.socket.write(
    post("/v1/a:clientStream") +
      chunked(ask(1), ask(2)) +
      post("/v1/b:bidi") +
      chunked(ask(3)) +
      post("/v1/c:clientStream") +
      chunked(ask(4)),
  );
  const text = await client.until((text) => text.includes("[4]"));
  const numbers = [...text.matchAll(/"numbers":(\[[\d,]+\])/g)].map(([, found]) => found);
  assert.deepEqual(numbers, ["[1,2]", "[3]", "[4]"]);
});

test("a client that expects 100-continue is told to go on", { timeout }, async (t) => {
  const { port } = await callsApp(t);
  const client = rawClient(t, port);
  client.socket.write(
    post("/v1/a:clientStream", "transfer-encoding: chunked\r\nexpect: 100-continue\r\n"),
  );
  await client.until((text) => text.startsWith("HTTP/1.1 100 Continue\r\n\r\n"));
  client.socket.write(chunked(ask(1)));
  await client.until((text) => text.includes('"numbers":[1]'));
});

test("trailers of a request are its end, and no metadata", { timeout }, async (t) => {
  const { port, log } = await callsApp(t);
  const client = rawClient(t, port);
  client.socket.write(
    `${post("/v1/a:clientStream")}${chunked(ask(1)).slice(0, -2)}x-now: fail\r\n\r\n`,
  );
  await client.until((text) => text.includes('"numbers":[1]'));
  assert.ok(log.events.includes("half-close"));
});

test("HTTP/1.0: an upload of known length is answered", { timeout }, async (t) => {
  const { port } = await callsApp(t);
  const client = rawClient(t, port);
  const body = ask(1) + ask(2);
  client.socket.write(`${post("/v1/a:bidi", `content-length: ${body.length}\r\n`, "1.0")}${body}`);
  await once(client.socket, "close");
  assert.deepEqual(
    [...client.text.matchAll(/"numbers":\[(\d)\]/g)].map(([, found]) => found),
    ["1", "2"],
  );
});

test("a client of half duplex, which reads behind its upload, gets all answers", {
  timeout,
}, async (t) => {
  const { port } = await callsApp(t);
  const response = await fetch(`http://127.0.0.1:${port}/v1/a:bidi`, {
    method: "POST",
    body: Array.from({ length: 500 }, (_, i) => ask(i)).join(""),
    headers: { "content-type": "application/x-ndjson" },
  });
  assert.equal((await response.text()).trimEnd().split("\n").length, 500);
});

for (const wire of plainWires) {
  const start = (t: TestContext, port: number, path: string, headers = {}): StreamedCall =>
    wire.connect(t, port).start(path, headers);

  for (const kind of ["clientStream", "bidi"] as const) {
    for (const now of ["answer", "fail"] as const) {
      test(`${wire.name}, ${kind}: a service that would ${now} before the first message ends the upload`, {
        timeout,
      }, async (t) => {
        const { port } = await callsApp(t);
        const call = start(t, port, `/v1/a:${kind}`, { "x-now": now });
        const { status } = outcomeOf(await call.answer);
        assert.equal(status, now === "answer" ? 200 : 400);
        await call.uploadEnded;
      });
    }
  }

  test(`${wire.name}: a service that never reads stops the upload`, { timeout }, async (t) => {
    const { port, log } = await callsApp(t);
    // Over HTTP/1.1 only the deadline tells of a client that goes while nobody reads its socket.
    const call = start(t, port, "/v1/a:clientStream", { "grpc-timeout": "2S" });
    void call.write(ask(1, "stop reading"));
    await log.seen("message 1");
    const sent = await writeUntilStuck(call);
    assert.ok(sent < 8 * 1024 * 1024, `${sent} bytes have been taken`);
    call.leave();
    await log.seen("cancelled");
  });

  test(`${wire.name}: a client that never reads while it sends is stopped, and goes on when it reads`, {
    timeout,
  }, async (t) => {
    const { port, app } = await callsApp(t);
    const call = start(t, port, "/v1/a:bidi");
    call.pause();
    const sent = await writeUntilStuck(call);
    assert.ok(sent < 16 * 1024 * 1024, `${sent} bytes have been taken`);
    assert.equal(app.grpcGateway().gauges.calls, 1);
    call.read();
    call.end();
    const { isWhole, body } = await call.answer;
    assert.ok(isWhole);
    assert.ok(body.length >= sent, "all is answered");
  });

  test(`${wire.name}: handlerTimeout ends an upload and its call`, { timeout }, async (t) => {
    const { port, log } = await callsApp(t, { server: { handlerTimeout: 100 } as object });
    const call = start(t, port, "/v1/a:clientStream");
    void call.write(ask(1));
    await log.seen("message 1");
    assert.equal((await call.answer).statusCode, 503);
    await log.seen("cancelled");
    assert.ok(!log.events.includes("half-close"));
    await call.uploadEnded;
  });

  test(`${wire.name}: an upload outlives a reload that takes its method away`, {
    timeout,
  }, async (t) => {
    const { port, log, app } = await callsApp(t);
    const call = start(t, port, "/v1/a:clientStream");
    void call.write(ask(1));
    await log.seen("message 1");
    const schema = await loadSchema({ proto: callsProto, services: [] } as never);
    await app.grpcGateway().reload(schema);
    call.end(ask(2));
    assert.deepEqual(outcomeOf(await call.answer), { status: 200, says: ["1,2"] });
  });

  test(`${wire.name}: an error table that throws answers an upload by the default one`, {
    timeout,
  }, async (t) => {
    const errors = {
      toHttp: () => {
        throw new Error("no table");
      },
      responsesOf: () => [],
    };
    const { port } = await callsApp(t, { gateway: { errors: errors as never } });
    const one = start(t, port, "/v1/a:clientStream");
    void one.write("no JSON\n");
    assert.equal((await one.answer).statusCode, 400);
    const two = start(t, port, "/v1/a:bidi");
    void two.write(ask(1));
    await two.line();
    void two.write(ask(2, "fail"));
    assert.deepEqual(outcomeOf(await two.answer), {
      status: 200,
      says: ["1", "9 no more of this"],
      isWhole: false,
    });
  });

  for (const part of ["start", "message", "end", "error"] as const) {
    test(`${wire.name}: an encoder whose ${part} throws breaks its own answer only`, {
      timeout,
    }, async (t) => {
      const encoder = {
        name: "fragile",
        contentType: "application/x-ndjson",
        mediaTypes: [],
        mediaObject: () => ({}),
        start: () => "",
        message: (json: Uint8Array) => Buffer.concat([json, Buffer.from("\n")]),
        error: (body: string) => `{"error":${body}}\n`,
        end: () => "",
        [part]: () => {
          throw new Error("secret");
        },
      };
      const { port, log, app } = await callsApp(t, {
        gateway: { streaming: { formats: [encoder as never] } },
      });
      const call = start(t, port, "/v1/a:bidi");
      void call.write(ask(1));
      await log.seen("message 1");
      if (part === "error") void call.write(ask(2, "fail"));
      if (part === "end") call.end();
      const { statusCode, isWhole, body } = await call.answer;
      const hasBegun = part === "end" || part === "error";
      assert.deepEqual([statusCode, isWhole], hasBegun ? [200, false] : [500, true]);
      assert.ok(!body.includes("secret"));
      assert.equal(app.grpcGateway().gauges.calls, 0);
      await call.uploadEnded;
    });
  }

  test(`${wire.name}: of messages that are ready together, those before one that cannot be encoded leave`, {
    timeout,
  }, async (t) => {
    const encoder = {
      name: "fragile",
      contentType: "application/x-ndjson",
      mediaTypes: [],
      mediaObject: () => ({}),
      start: () => "",
      message(json: Uint8Array, index: number) {
        if (index === 2) throw new Error("secret");
        return Buffer.concat([json, Buffer.from("\n")]);
      },
      error: () => '{"error":{"code":13,"message":"cut"}}\n',
      end: () => "",
    };
    const { port } = await callsApp(t, { gateway: { streaming: { formats: [encoder as never] } } });
    const call = start(t, port, "/v1/a:serverStream", { "content-type": "application/json" });
    call.end(ask(4));
    assert.deepEqual(outcomeOf(await call.answer), {
      status: 200,
      says: ["1", "2", "13 cut"],
      isWhole: false,
    });
  });

  test(`${wire.name}: a slow reader gets all messages, and the line that tells the failure`, {
    timeout,
  }, async (t) => {
    const { port } = await callsApp(t);
    const call = start(t, port, "/v1/a:serverStream", { "content-type": "application/json" });
    call.pause();
    call.end(ask(4000, "fail", { text: "x".repeat(2000) }));
    await delay(300);
    call.read();
    const { says, isWhole } = outcomeOf(await call.answer);
    assert.equal(isWhole, false);
    assert.equal(says.length, 4001);
    assert.equal(says.at(-1), "9 no more of this");
  });

  test(`${wire.name}: HEAD and OPTIONS start no call of a streamed method`, {
    timeout,
  }, async (t) => {
    const { port, log } = await callsApp(t);
    const client = wire.connect(t, port);
    for (const method of ["HEAD", "OPTIONS"]) {
      const call = client.start("/v1/a:bidi", {}, method);
      call.end();
      assert.ok((await call.answer).statusCode >= 400);
    }
    assert.deepEqual(log.events, []);
  });
}

/** Writes messages until one has not left for 500 ms; tells how many bytes have. */
async function writeUntilStuck(call: StreamedCall): Promise<number> {
  const line = ask(2, "", { text: "x".repeat(64 * 1024) });
  for (let sent = 0; ; sent += line.length) {
    if (sent > 64 * 1024 * 1024) return sent;
    const isStuck = await Promise.race([
      call.write(line).then(() => false),
      delay(500, true, { ref: false }),
    ]);
    if (isStuck) return sent;
  }
}

test("an onSend hook that gives up a stream's body ends its call", { timeout }, async (t) => {
  const { port, log } = await callsApp(t, {
    hooks: (app) =>
      app.addHook("onSend", async (_request, _reply, payload) => {
        (payload as Readable).destroy();
        return "other";
      }),
  });
  const client = plainWires[0]?.connect(t, port);
  const call = client?.start("/v1/a:serverStream", { "content-type": "application/json" });
  call?.end(ask(1, "hold"));
  assert.equal((await call?.answer)?.body, "other");
  await log.seen("cancelled");
});

test("fetch rejects for an answer that breaks off", { timeout }, async (t) => {
  const { port } = await callsApp(t);
  const response = await fetch(`http://127.0.0.1:${port}/v1/a:serverStream`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: ask(2, "fail"),
  });
  assert.equal(response.status, 200);
  await assert.rejects(response.text());
});

test("curl --fail tells an answer that breaks off by its exit code", { timeout }, async (t) => {
  const { port } = await callsApp(t);
  const url = `http://127.0.0.1:${port}/v1/a:serverStream`;
  for (const version of ["--http1.0", "--http1.1", "--http2-prior-knowledge"]) {
    const { exit, stdout } = await new Promise<{ exit: unknown; stdout: string }>((resolve) =>
      execFile("curl", ["-sN", "--fail", version, "-d", ask(2, "fail"), url], (error, stdout) =>
        resolve({ exit: error?.code, stdout }),
      ),
    );
    if (exit === "ENOENT") return t.skip("there is no curl");
    // A reset may overtake the answer in HTTP/1.0, and curl lets go of what comes with one in HTTP/2.
    if (version === "--http1.1") {
      assert.equal(stdout.trimEnd().split("\n").length, 3, "two messages and the failure");
    }
    assert.ok(Number(exit) > 0, `curl ${version} exits with ${exit ?? 0}`);
  }
});
