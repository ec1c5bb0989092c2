import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type http2 from "node:http2";
import { Readable, Transform } from "node:stream";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { createGunzip, gzipSync } from "node:zlib";
import compress from "@fastify/compress";
import type { FastifyInstance } from "fastify";
import { refuse } from "grpc-transcoding";
import { connectHttp2, grpcFrame, grpcHeaders } from "../one-port/http-clients.ts";
import { ask, outcomeOf } from "./call-behaviour.ts";
import { callsApp } from "./calls-app.ts";
import { plainWires, type StreamClient } from "./stream-clients.ts";

const timeout = 10_000;

/** What a hook may put in the place of a streamed body, and the numbers of the messages that come of it. */
const replaced: Readonly<Record<string, [unknown, string]>> = {
  "an array": [[{ number: 7 }, { number: 8 }], "7,8"],
  "an object": [{ number: 7 }, "7"],
  "a text": ['{"number":7}\n{"number":8}', "7,8"],
  bytes: [Buffer.from('{"number":7}'), "7"],
  null: [null, ""],
  "another stream": [
    Readable.from([Buffer.from('{"number":7}\n{"num'), Buffer.from('ber":8}')]),
    "7,8",
  ],
};

for (const [what, [value, numbers]] of Object.entries(replaced)) {
  test(`a preValidation hook may put ${what} in the place of a streamed body`, {
    timeout,
  }, async (t) => {
    const { port } = await callsApp(t, {
      hooks: (app) =>
        app.addHook("preValidation", async (request) => {
          request.body = value;
        }),
    });
    const response = await fetch(`http://127.0.0.1:${port}/v1/a:clientStream`, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson" },
      body: ask(1),
    });
    const said = (await response.json()) as { numbers: number[] };
    assert.deepEqual([response.status, said.numbers?.join()], [200, numbers]);
  });
}

test("the client's content type says nothing of what a hook has made", { timeout }, async (t) => {
  const { port } = await callsApp(t, {
    hooks: (app) =>
      app.addHook("preValidation", async (request) => {
        request.body = [{ number: 7 }];
      }),
  });
  const response = await fetch(`http://127.0.0.1:${port}/v1/a:clientStream`, {
    method: "POST",
    headers: { "content-type": "text/csv" },
    body: "1,2",
  });
  assert.equal(response.status, 200);
});

test("a hook that makes a streamed body what cannot be sent is a fault of the app", {
  timeout,
}, async (t) => {
  const { port, log } = await callsApp(t, {
    hooks: (app) =>
      app.addHook("preValidation", async (request) => {
        request.body = 7;
      }),
  });
  const response = await fetch(`http://127.0.0.1:${port}/v1/a:clientStream`, {
    method: "POST",
    body: ask(1),
  });
  assert.equal(response.status, 500);
  assert.deepEqual(log.events, []);
});

test("a hook that reads a streamed body and leaves nothing in its place is a fault of the app", {
  timeout,
}, async (t) => {
  const { port, log } = await callsApp(t, {
    hooks: (app) =>
      app.addHook("preValidation", async (request) => {
        for await (const _chunk of request.body as Readable);
      }),
  });
  for (const wire of plainWires) {
    const call = wire.connect(t, port).start("/v1/a:clientStream");
    call.end(ask(1));
    assert.equal((await call.answer).statusCode, 500);
  }
  assert.deepEqual(log.events, []);
});

test("a hook may look at the bytes of a streamed body as they pass", { timeout }, async (t) => {
  let seen = 0;
  const { port } = await callsApp(t, {
    hooks: (app) =>
      app.addHook("preParsing", async (_request, _reply, payload) =>
        payload.pipe(
          new Transform({
            transform(chunk, _encoding, done) {
              seen += chunk.length;
              done(null, chunk);
            },
          }),
        ),
      ),
  });
  for (const wire of plainWires) {
    seen = 0;
    const call = wire.connect(t, port).start("/v1/a:bidi");
    await call.write(ask(1));
    assert.deepEqual(
      JSON.parse((await call.line()) ?? "").numbers,
      [1],
      "while the request is open",
    );
    call.end();
    assert.deepEqual(outcomeOf(await call.answer), { status: 200, says: ["1"] });
    assert.equal(seen, ask(1).length);
  }
});

/** Decodes as the documentation of Fastify has it. */
function gunzips(app: FastifyInstance): void {
  app.addHook("preParsing", async ({ headers }, _reply, payload) => {
    if (headers["content-encoding"] !== "gzip") return payload;
    delete headers["content-encoding"];
    const decoder = createGunzip() as ReturnType<typeof createGunzip> & {
      receivedEncodedLength: number;
    };
    decoder.receivedEncodedLength = 0;
    payload.on("data", (chunk: Buffer) => {
      decoder.receivedEncodedLength += chunk.length;
    });
    payload.on("error", (error) => decoder.destroy(error));
    return payload.pipe(decoder);
  });
}

const decoders: Readonly<Record<string, (app: FastifyInstance) => void>> = {
  "a preParsing hook": gunzips,
  "@fastify/compress": (app) => void app.register(compress),
};

const gzip = { "content-encoding": "gzip" };

for (const [name, hooks] of Object.entries(decoders)) {
  for (const wire of plainWires) {
    test(`${wire.name}: ${name} decodes a streamed body`, { timeout }, async (t) => {
      const { port } = await callsApp(t, { hooks });
      const call = wire.connect(t, port).start("/v1/a:clientStream", gzip);
      const bytes = gzipSync(ask(1) + ask(2));
      await call.write(bytes.subarray(0, 15));
      await call.write(bytes.subarray(15));
      call.end();
      assert.deepEqual(outcomeOf(await call.answer), { status: 200, says: ["1,2"] });
    });

    test(`${wire.name}: ${name} refuses a body that is no gzip, or ends within it`, {
      timeout,
    }, async (t) => {
      const { port, log } = await callsApp(t, { hooks });
      const bytes = gzipSync(ask(1) + ask(2));
      const malformed = [Buffer.from(ask(1)), bytes.subarray(0, -9)];
      for (const body of malformed) {
        const call = wire.connect(t, port).start("/v1/a:clientStream", gzip);
        await call.write(body);
        call.end();
        assert.equal((await call.answer).statusCode, 400);
      }
      assert.ok(!log.events.includes("half-close"));
    });

    test(`${wire.name}: ${name} takes a client that goes within its body for gone`, {
      timeout,
    }, async (t) => {
      const { port, log, app } = await callsApp(t, { hooks });
      const call = wire.connect(t, port).start("/v1/a:clientStream", gzip);
      // A whole member of gzip: what comes behind it would be another.
      await call.write(gzipSync(ask(1)));
      await log.seen("message 1");
      call.leave();
      await log.seen("cancelled");
      assert.ok(!log.events.includes("half-close"));
      assert.equal(app.grpcGateway().gauges.calls, 0);
    });
  }
}

for (const [what, refusal] of [
  ["lets it pass", undefined],
  ["refuses it", refuse("UNAUTHENTICATED", "no")],
] as const) {
  test(`a body that is no gzip harms nobody while a policy takes its time, and ${what}`, {
    timeout,
  }, async (t) => {
    const policy = async () => {
      await delay(50);
      return refusal;
    };
    const { port } = await callsApp(t, { hooks: gunzips, gateway: { policies: [policy] } });
    for (const wire of plainWires) {
      const call = wire.connect(t, port).start("/v1/a:clientStream", gzip);
      await call.write(ask(1));
      call.end();
      assert.equal((await call.answer).statusCode, refusal === undefined ? 400 : 401);
    }
  });
}

test("a content-encoding that nobody decodes is 415, and no call", { timeout }, async (t) => {
  const { port, log } = await callsApp(t);
  for (const wire of plainWires) {
    const call = wire.connect(t, port).start("/v1/a:clientStream", { "content-encoding": "br" });
    void call.write("x");
    const { statusCode, headers } = await call.answer;
    assert.deepEqual([statusCode, headers["accept-encoding"]], [415, "identity"]);
    await call.uploadEnded;
  }
  assert.deepEqual(log.events, []);
});

test("the app's bodyLimit is that of each message of a stream", { timeout }, async (t) => {
  const { port } = await callsApp(t, { server: { bodyLimit: 100 } });
  for (const wire of plainWires) {
    const client = wire.connect(t, port);
    const long = client.start("/v1/a:clientStream");
    for (let number = 1; number <= 20; number++) void long.write(ask(number));
    long.end();
    assert.equal((await long.answer).statusCode, 200);
    const large = client.start("/v1/a:clientStream");
    void large.write(ask(1));
    void large.write(ask(2, "", { text: "x".repeat(100) }));
    const { status, says } = outcomeOf(await large.answer);
    assert.equal(status, 413);
    assert.match(says[0] ?? "", /^8 message 2: /);
  }
});

/** Sends without end, until its upload is over. */
async function endlessly(client: StreamClient, path: string, first = "") {
  const call = client.start(path);
  if (first !== "") void call.write(first);
  let sent = 0;
  let isOver = false;
  void call.uploadEnded.then(() => {
    isOver = true;
  });
  const piece = Buffer.alloc(64 * 1024, " ");
  const sending = (async () => {
    while (!isOver) {
      await Promise.race([call.write(piece), call.uploadEnded]);
      sent += piece.length;
    }
  })();
  const answer = await call.answer.catch(() => undefined);
  await sending;
  return { status: answer?.statusCode, sent };
}

const refusals: Readonly<Record<string, Parameters<typeof callsApp>[1]>> = {
  "an onRequest hook": {
    hooks: (app) =>
      app.addHook("onRequest", async (_request, reply) => reply.code(401).send({ message: "no" })),
  },
  "a preHandler hook that takes its time": {
    hooks: (app) =>
      app.addHook("preHandler", async () => {
        await delay(20);
        throw Object.assign(new Error("no"), { statusCode: 401 });
      }),
  },
  "a policy": { gateway: { policies: [() => refuse("UNAUTHENTICATED", "no")] } },
};

for (const [what, options] of Object.entries(refusals)) {
  for (const wire of plainWires) {
    test(`${wire.name}: an endless upload that ${what} refuses comes to an end, and to no service`, {
      timeout,
    }, async (t) => {
      const { port, log } = await callsApp(t, options);
      const { status, sent } = await endlessly(wire.connect(t, port), "/v1/a:clientStream");
      // A client that still sends may lose its answer with the connection.
      assert.ok(status === 401 || status === undefined, String(status));
      assert.ok(sent > 0);
      assert.deepEqual(log.events, []);
    });
  }
}

for (const wire of plainWires) {
  test(`${wire.name}: little is read of an endless upload that the service has answered`, {
    timeout,
  }, async (t) => {
    const { port } = await callsApp(t);
    const client = wire.connect(t, port);
    const { sent } = await endlessly(client, "/v1/a:clientStream", ask(1, "answer"));
    // What the sockets hold is most of it.
    assert.ok(sent < 16 * 1024 * 1024, `${sent} bytes have been taken`);
  });
}

/** Requests whose body nobody reads to its end, and the apps that leave it. */
const unread: Readonly<
  Record<string, [Parameters<typeof callsApp>[1], Readonly<Record<string, string>>, Buffer]>
> = {
  "an answer before it is read": [{}, { "x-now": "answer" }, Buffer.from(ask(1).repeat(1000))],
  "a deadline before it is read": [{}, { "grpc-timeout": "1m" }, Buffer.from(ask(1))],
  "a decoder that fails": [{ hooks: gunzips }, gzip, Buffer.alloc(50_000, "x")],
  "a policy's refusal while a decoder has it": [
    {
      hooks: gunzips,
      gateway: {
        policies: [
          async () => {
            await delay(20);
            return refuse("UNAUTHENTICATED", "no");
          },
        ],
      },
    },
    gzip,
    gzipSync(randomBytes(50_000)),
  ],
};

for (const [what, [options, headers, body]] of Object.entries(unread)) {
  for (const isEnded of [true, false]) {
    test(`HTTP/2: ${what} leaves no stream behind, and lets its connection close (${isEnded ? "whole" : "open"} body)`, {
      timeout,
    }, async (t) => {
      const { port, app } = await callsApp(t, options);
      const session = connectHttp2(t, { secure: false }, port);
      const path = "/v1/a:clientStream";
      for (let round = 0; round < 5; round++) {
        const stream = session.request({ ":method": "POST", ":path": path, ...headers });
        stream.on("error", () => {}).resume();
        if (isEnded) stream.end(body);
        else stream.write(body);
        await once(stream, "close");
      }
      session.close();
      for (const until = Date.now() + 2_000; Date.now() < until; await delay(5)) {
        if (app.grpcGateway().gauges.http2Sessions === 0) return;
      }
      assert.equal(app.grpcGateway().gauges.http2Sessions, 0);
    });
  }
}

for (const kind of ["ClientStream", "Bidi"]) {
  test(`a native ${kind} is refused by the same hook before its first message`, {
    timeout,
  }, async (t) => {
    const { port, log } = await callsApp(t, refusals["a preHandler hook that takes its time"]);
    assert.equal(await nativeStatus(t, port, kind), "16");
    assert.deepEqual(log.events, []);
  });

  test(`a native ${kind} is refused by the same policy before its first message`, {
    timeout,
  }, async (t) => {
    const { port, log } = await callsApp(t, refusals["a policy"]);
    assert.equal(await nativeStatus(t, port, kind), "16");
    assert.deepEqual(log.events, []);
  });
}

/** The status of a native call whose client has sent one message and no end. */
async function nativeStatus(t: TestContext, port: number, kind: string): Promise<string> {
  const session = connectHttp2(t, { secure: false }, port);
  const stream = session.request(grpcHeaders(`/calls.v1.Calls/${kind}`), { endStream: false });
  stream.on("error", () => {}).write(grpcFrame("\x10\x01"));
  return new Promise((resolve) => {
    const look = (headers: http2.IncomingHttpHeaders): void => {
      const status = headers["grpc-status"];
      if (status !== undefined) resolve(String(status));
    };
    stream.on("response", look).on("trailers", look).resume();
  });
}
