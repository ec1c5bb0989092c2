import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Server, ServerInterceptor, ServerOptions } from "@grpc/grpc-js";
import { Metadata, ServerInterceptingCall } from "@grpc/grpc-js";
import { Code, type MetadataEntries, type Transport } from "grpc-transcoding";
import type { MessageLimits } from "../../src/transport/message-limits.ts";
import { type ProbeLog, probeServer } from "./probe-service.ts";
import { callUnary, startCall } from "./recorded-call.ts";

/** Makes a transport to a server with the probe service, and releases it after the test. */
export type MakeTransport = (
  t: TestContext,
  server: Server,
  limits?: MessageLimits,
) => Promise<Transport>;

/** What every transport must do, with real grpc-js handlers at its end. */
export function runTransportContract(name: string, makeTransport: MakeTransport): void {
  const contract = (
    sentence: string,
    run: (transport: Transport, log: ProbeLog) => Promise<void>,
    serverOptions?: ServerOptions,
    limits?: MessageLimits,
  ) =>
    test(`${name}: ${sentence}`, { timeout: 10_000 }, async (t) => {
      const { server, log } = probeServer(serverOptions);
      await run(await makeTransport(t, server, limits), log);
    });

  for (const request of ["plain", "later"]) {
    contract(
      `a unary call reports headers, the message, OK and nothing else (${request})`,
      async (transport) => {
        const call = await callUnary(transport, request);
        assert.deepEqual(call.reports, ["headers", "message", "status"]);
        assert.deepEqual(call.messages, [request]);
        assert.deepEqual(call.status, { code: Code.OK, message: "OK", details: [] });
        assert.equal(call.origin, "service");
      },
    );
  }

  contract("a unary response waits until it is read", async (transport) => {
    const call = startCall(transport, "Unary", { reading: false });
    call.handle.send(Buffer.from("held"));
    call.handle.halfClose();
    await delay(30);
    assert.deepEqual(call.messages, []);
    call.handle.read();
    await call.ended;
    assert.deepEqual(call.messages, ["held"]);
  });

  contract(
    "request metadata, headers and trailers come through, bytes included",
    async (transport) => {
      const bytes = Buffer.from([0, 1, 255]);
      const call = await callUnary(transport, "headers", {
        metadata: [
          ["x-in", "a"],
          ["x-in", "b, c"],
          ["y-bin", bytes],
        ],
      });
      assert.deepEqual(joined(call.headers ?? []), { "x-in": "a, b, c", "y-bin": "0001ff" });
      assert.deepEqual(bytes, Buffer.from([0, 1, 255]), "the handler got a copy");
      assert.deepEqual(joined(call.trailers), {
        "x-trailer": "last",
        "grpc-status-details-bin": "0805",
      });
    },
  );

  contract(
    "metadata that no wire can carry ends the call without harming others",
    async (transport) => {
      for (const key of [
        "connection",
        "transfer-encoding",
        "te",
        ":path",
        "host",
        "a key",
        "x\n",
      ]) {
        const call = await callUnary(transport, "x", { metadata: [[key, "close"]] });
        assert.equal(call.status.code, Code.INTERNAL, key);
        assert.ok(call.status.message.includes(key), call.status.message);
      }
      const call = await callUnary(transport, "x", { metadata: [["x-text", "line\nbreak"]] });
      assert.equal(call.status.code, Code.INTERNAL);
      assert.equal((await callUnary(transport, "next")).status.code, Code.OK);
    },
  );

  contract("an error brings its code, text, trailers and status details", async (transport) => {
    for (const request of ["fail", "fail with other trailers"]) {
      const call = await callUnary(transport, request);
      assert.deepEqual(call.reports, ["status"]);
      assert.equal(call.status.code, Code.FAILED_PRECONDITION);
      assert.equal(call.status.message, request === "fail" ? "nope é %" : "no");
      assert.deepEqual(call.status.details, []);
      assert.equal(call.origin, "service");
      assert.deepEqual(joined(call.trailers), {
        "x-trailer": "last",
        "grpc-status-details-bin": "0805",
      });
    }
  });

  const failures: readonly [request: string, code: number, message: string][] = [
    ["throw", Code.UNKNOWN, "Unknown error"],
    ["text code", Code.UNKNOWN, "boom"],
    ["code 4.5", Code.UNKNOWN, "half"],
    ["code 99", Code.UNKNOWN, "unheard of"],
    ["malformed", Code.INTERNAL, "Error deserializing request"],
    ["unencodable", Code.INTERNAL, "Error serializing response"],
  ];
  for (const [request, code, message] of failures) {
    contract(
      `a handler's failure "${request}" is ${code} with grpc-js' text`,
      async (transport) => {
        const call = await callUnary(transport, request);
        assert.deepEqual([call.status.code, call.status.message], [code, message]);
        assert.deepEqual(call.messages, []);
      },
    );
  }

  contract("the handler hears of the end of its call", async (transport, log) => {
    await callUnary(transport, "ending");
    await log.seen("cancelled after the end");
  });

  contract("a method that the server lacks is UNIMPLEMENTED", async (transport) => {
    const call = startCall(transport, "Missing");
    call.handle.send(Buffer.from("x"));
    call.handle.halfClose();
    await call.ended;
    assert.deepEqual(call.reports, ["status"]);
    assert.equal(call.status.code, Code.UNIMPLEMENTED);
    assert.match(call.status.message, /\/probe\.Probe\/Missing/);
  });

  contract("a call that is half-closed without its message is UNIMPLEMENTED", async (transport) => {
    const call = startCall(transport, "Unary");
    call.handle.halfClose();
    await call.ended;
    assert.equal(call.status.code, Code.UNIMPLEMENTED);
  });

  for (const source of ["client", "gateway"] as const) {
    contract(
      `a deadline of the ${source} ends the call and tells the handler`,
      async (transport, log) => {
        // Long enough for a busy machine to reach the handler, which is to hear of it.
        const at = Date.now() + 400;
        const call = await callUnary(transport, "hang", { deadline: { at, source } });
        assert.equal(call.status.code, Code.DEADLINE_EXCEEDED);
        assert.equal(call.status.message, `the deadline set by the ${source} has passed`);
        assert.equal(call.origin, "transport");
        assert.ok(Date.now() >= at);
        await log.seen("cancelled true");
      },
    );
  }

  contract("a deadline ends a stream and tells its handler", async (transport, log) => {
    const deadline = { at: Date.now() + 400, source: "client" } as const;
    const call = startCall(transport, "Bidi", { deadline });
    call.handle.send(Buffer.from("a"));
    await call.ended;
    assert.deepEqual(call.messages, ["re: a"]);
    assert.equal(call.status.code, Code.DEADLINE_EXCEEDED);
    await log.seen("cancelled");
  });

  contract("a deadline that has passed runs no handler", async (transport, log) => {
    const deadline = { at: Date.now() - 1, source: "client" } as const;
    assert.equal(
      (await callUnary(transport, "x", { deadline })).status.code,
      Code.DEADLINE_EXCEEDED,
    );
    assert.deepEqual(log.events, []);
  });

  contract("a deadline beyond a timer's range is no deadline", async (transport) => {
    const deadline = { at: Date.now() + 2 ** 32, source: "client" } as const;
    assert.equal((await callUnary(transport, "later", { deadline })).status.code, Code.OK);
  });

  contract(
    "cancel ends the call with the given status, once, and tells the handler",
    async (transport, log) => {
      const call = startCall(transport, "Unary");
      call.handle.send(Buffer.from("hang"));
      call.handle.halfClose();
      await log.seen("called");
      const status = { code: Code.CANCELLED, message: "the client went away", details: [] };
      call.handle.cancel(status);
      call.handle.cancel({ ...status, code: Code.ABORTED });
      call.handle.read();
      await call.ended;
      assert.deepEqual(call.reports, ["status"]);
      assert.deepEqual(call.status, status);
      assert.equal(call.origin, "transport");
      await log.seen("cancelled true");
      call.handle.cancel(status);
      await delay(5);
      assert.deepEqual(call.reports, ["status"]);
    },
  );

  contract("cancel at once reports after start and runs no handler's answer", async (transport) => {
    const call = startCall(transport, "Missing");
    call.handle.cancel({ code: Code.CANCELLED, message: "no more", details: [] });
    await call.ended;
    assert.deepEqual([call.reports, call.status.code], [["status"], Code.CANCELLED]);
  });

  contract("cancel at once leaves no call with the handler", async (transport, log) => {
    // Ready, so that a call goes out in the turn in which it is started.
    await callUnary(transport, "x");
    const call = startCall(transport, "Bidi");
    call.handle.send(Buffer.from("a"));
    call.handle.cancel({ code: Code.CANCELLED, message: "no more", details: [] });
    await call.ended;
    assert.equal(call.status.code, Code.CANCELLED);
    // What was sent before may reach the handler or not; a later call does after it.
    await callUnary(transport, "y");
    const heard = log.events.filter((event) => event === "bidi called").length;
    for (let i = 0; i < heard; i++) await log.seen("cancelled");
    assert.deepEqual(call.messages, []);
  });

  contract("a server stream reports its messages in order, then trailers", async (transport) => {
    const call = startCall(transport, "ServerStream");
    call.handle.send(Buffer.from("count 100"));
    call.handle.halfClose();
    await call.ended;
    assert.deepEqual(
      call.messages,
      Array.from({ length: 100 }, (_, i) => String(i)),
    );
    assert.equal(call.reports.at(-1), "status");
    assert.equal(call.status.code, Code.OK);
    assert.equal(joined(call.trailers)["x-trailer"], "last");
  });

  contract("a server stream without messages reports its status unread", async (transport) => {
    const call = startCall(transport, "ServerStream", { reading: false });
    call.handle.send(Buffer.from("fail 0"));
    call.handle.halfClose();
    await call.ended;
    assert.equal(call.status.code, Code.ABORTED);
  });

  contract("an error ends a server stream", async (transport) => {
    const call = startCall(transport, "ServerStream");
    call.handle.send(Buffer.from("fail 2"));
    call.handle.halfClose();
    await call.ended;
    assert.deepEqual([call.status.code, call.status.message], [Code.ABORTED, "midway"]);
    assert.equal(joined(call.trailers)["grpc-status-details-bin"], "0805");
  });

  contract(
    "a server stream stops writing while its messages are not read",
    async (transport, log) => {
      const call = startCall(transport, "ServerStream", { reading: false });
      call.handle.send(Buffer.from("large 1000"));
      call.handle.halfClose();
      call.handle.read();
      await call.received(1);
      await delay(80);
      assert.equal(call.messages.length, 1);
      const written = log.events.length;
      assert.ok(written < 150, `${written} messages of 50 kB were written ahead`);
      for (let i = 0; i < 200; i++) call.handle.read();
      await call.received(200);
      call.handle.cancel({ code: Code.CANCELLED, message: "enough", details: [] });
      await call.ended;
      await log.seen("cancelled");
    },
  );

  contract("a client stream sends as its messages are accepted", async (transport) => {
    const call = startCall(transport, "ClientStream");
    await new Promise<void>((done) => {
      const sendNext = (left: number): void => {
        if (left === 0) done();
        else call.handle.send(Buffer.alloc(1000), () => sendNext(left - 1));
      };
      sendNext(100);
    });
    call.handle.halfClose();
    await call.ended;
    assert.deepEqual(call.messages, ["100000"]);
    assert.equal(call.status.code, Code.OK);
  });

  contract("a cancelled client stream tells its handler", async (transport, log) => {
    const call = startCall(transport, "ClientStream");
    call.handle.send(Buffer.from("one"));
    await log.seen("received");
    call.handle.cancel({ code: Code.CANCELLED, message: "changed my mind", details: [] });
    await call.ended;
    await log.seen("cancelled");
    assert.equal(call.status.code, Code.CANCELLED);
  });

  contract("a bidi stream answers each message before the next is sent", async (transport) => {
    let sent = 1;
    const call = startCall(transport, "Bidi", {
      onMessage(_bytes, handle) {
        sent += 1;
        if (sent <= 5) handle.send(Buffer.from(String(sent)));
        else handle.halfClose();
      },
    });
    call.handle.send(Buffer.from("1"));
    await call.ended;
    assert.deepEqual(call.messages, ["re: 1", "re: 2", "re: 3", "re: 4", "re: 5"]);
    assert.equal(call.status.code, Code.OK);
  });

  contract(
    "a message of up to 4 MiB passes by default; a larger request is RESOURCE_EXHAUSTED, a larger response INTERNAL",
    async (transport) => {
      const largest = 4 * 1024 * 1024;
      assert.equal((await callUnary(transport, Buffer.alloc(largest))).status.code, Code.OK);
      const request = await callUnary(transport, Buffer.alloc(largest + 1));
      assert.equal(request.status.code, Code.RESOURCE_EXHAUSTED);
      assert.match(request.status.message, /^the request message /);
      assert.equal(request.origin, "transport");
      const size = (bytes: number) =>
        callUnary(transport, "large", { metadata: [["x-size", String(bytes)]] });
      assert.equal((await size(largest)).status.code, Code.OK);
      const response = await size(largest + 1);
      assert.equal(response.status.code, Code.INTERNAL);
      assert.match(response.status.message, /^a response message of the upstream is larger/);
      assert.deepEqual(response.messages, []);
      assert.equal(response.origin, "upstream");
    },
  );

  contract(
    "a message over the limit ends a stream after the ones before it",
    async (transport) => {
      const call = startCall(transport, "ServerStream");
      call.handle.send(Buffer.from("large 1"));
      call.handle.halfClose();
      await call.ended;
      assert.deepEqual([call.status.code, call.origin], [Code.INTERNAL, "upstream"]);
      assert.deepEqual(call.messages, []);
    },
    {},
    { maxResponseBytes: 49_999 },
  );

  contract("a service's own RESOURCE_EXHAUSTED keeps its text", async (transport) => {
    for (const text of texts) {
      const call = await callUnary(transport, "exhausted", { metadata: [["x-text", text]] });
      assert.deepEqual([call.status.code, call.status.message], [Code.RESOURCE_EXHAUSTED, text]);
      assert.equal(call.origin, "service");
    }
  });

  for (const kind of ["Unary", "ClientStream"] as const) {
    contract(
      `OK without a response is INTERNAL of the upstream (${kind})`,
      async (transport) => {
        const call = startCall(transport, kind);
        call.handle.send(Buffer.from("x"));
        call.handle.halfClose();
        await call.ended;
        assert.equal(call.status.code, Code.INTERNAL);
        assert.equal(call.status.message, "the upstream ended the call without a response");
        assert.equal(call.origin, "upstream");
        assert.ok(!call.reports.includes("message"));
      },
      { interceptors: [withoutMessages] },
    );

    for (const reading of [true, false]) {
      contract(
        `a second response is INTERNAL of the upstream, and not reported (${kind}, ${reading ? "all" : "one"} asked for)`,
        async (transport) => {
          const call = startCall(transport, kind, { reading });
          if (!reading) call.handle.read();
          call.handle.send(Buffer.from("x"));
          call.handle.halfClose();
          await call.ended;
          assert.equal(call.status.code, Code.INTERNAL);
          assert.match(call.status.message, /^the upstream sent a second response/);
          assert.equal(call.origin, "upstream");
          assert.ok(call.messages.length <= 1, call.messages.join());
        },
        { interceptors: [everyMessageTwice] },
      );
    }
  }

  contract("a response's status comes though only the response was read", async (transport) => {
    for (const kind of ["Unary", "ClientStream"] as const) {
      const call = startCall(transport, kind, { reading: false });
      call.handle.read();
      call.handle.send(Buffer.from("later"));
      call.handle.halfClose();
      await call.ended;
      assert.deepEqual(call.reports, ["headers", "message", "status"]);
      assert.equal(call.status.code, Code.OK);
    }
  });

  const lastMessages = [
    ["Unary", "x"],
    ["Unary", "later"],
    ["ClientStream", "x"],
    ["ServerStream", "count 1"],
  ] as const;
  for (const [server, interceptors] of Object.entries({
    plain: [],
    intercepted: [passing],
    "status right behind the message": [statusBehindMessage],
  })) {
    for (const heldMs of [0, 40]) {
      contract(
        `a cancel inside the report of the last message ends the call once (${server}, read after ${heldMs} ms)`,
        async (transport) => {
          for (const [kind, request] of lastMessages) {
            const status = { code: Code.CANCELLED, message: "seen enough", details: [] };
            const call = startCall(transport, kind, {
              reading: heldMs === 0,
              onMessage: (_bytes, handle) => handle.cancel(status),
            });
            call.handle.send(Buffer.from(request));
            call.handle.halfClose();
            if (heldMs > 0) {
              // By then the handler has ended the call, which waits for its message to be read.
              await delay(heldMs);
              call.handle.read();
            }
            await call.ended;
            assert.deepEqual(call.reports, ["headers", "message", "status"], kind);
            assert.deepEqual([call.status, call.origin], [status, "transport"]);
          }
        },
        { interceptors },
      );
    }
  }

  contract("a server stream may end without any message", async (transport) => {
    const call = startCall(transport, "ServerStream");
    call.handle.send(Buffer.from("count 0"));
    call.handle.halfClose();
    await call.ended;
    assert.deepEqual([call.status.code, call.messages], [Code.OK, []]);
  });

  contract(
    "size limits can be lifted",
    async (transport) => {
      const call = await callUnary(transport, Buffer.alloc(9 * 1024 * 1024, "a"));
      assert.equal(call.status.code, Code.OK);
      assert.equal(call.messages[0]?.length, 9 * 1024 * 1024);
    },
    { "grpc.max_receive_message_length": -1 },
    { maxRequestBytes: -1, maxResponseBytes: -1 },
  );

  contract(
    "the server's interceptors see the call of every kind and change its status",
    async (transport) => {
      for (const kind of ["Unary", "ServerStream", "ClientStream", "Bidi"] as const) {
        const call = startCall(transport, kind, { metadata: [["x-in", "a"]] });
        call.handle.send(Buffer.from(kind === "Unary" ? "headers" : "count 2"));
        call.handle.halfClose();
        await call.ended;
        assert.equal(call.status.code, Code.OK, call.status.message);
        assert.equal(joined(call.trailers)["x-intercepted"], `/probe.Probe/${kind}`);
        if (kind === "Unary") assert.equal(joined(call.headers ?? [])["x-in"], "a, intercepted");
      }
    },
    { interceptors: [stamp] },
  );

  contract(
    "an interceptor can refuse a call before its handler",
    async (transport, log) => {
      const call = await callUnary(transport, "x");
      assert.deepEqual([call.status.code, call.status.message], [Code.PERMISSION_DENIED, "no"]);
      assert.deepEqual(log.events, []);
    },
    { interceptors: [refuse] },
  );

  test(`${name}: close ends calls with UNAVAILABLE, and later ones too`, async (t) => {
    const { server, log } = probeServer();
    const transport = await makeTransport(t, server);
    const hanging = callUnary(transport, "hang");
    const streaming = startCall(transport, "Bidi");
    streaming.handle.send(Buffer.from("x"));
    await streaming.received(1);
    await log.seen("called");
    await transport.close?.();
    assert.equal((await hanging).status.code, Code.UNAVAILABLE);
    await streaming.ended;
    assert.equal(streaming.status.code, Code.UNAVAILABLE);
    assert.equal((await callUnary(transport, "late")).status.code, Code.UNAVAILABLE);
    await log.seen("cancelled true");
  });
}

/** Texts of grpc-js, which a service may send as its own. */
const texts = [
  "Received message larger than max (5 vs 4)",
  "Bandwidth exhausted or memory limit exceeded",
  "Received HTTP status code 200",
];

const passing: ServerInterceptor = (_method, call) => new ServerInterceptingCall(call);

/** Ends a call while its message waits to be read, which handlers do not. */
const statusBehindMessage: ServerInterceptor = (_method, call) =>
  new ServerInterceptingCall(call, {
    sendMessage(message) {
      call.sendMessage(message, () => {});
      call.sendStatus({ code: Code.OK, details: "OK", metadata: null });
    },
  });

const withoutMessages: ServerInterceptor = (_method, call) =>
  new ServerInterceptingCall(call, {
    sendMessage: () => call.sendStatus({ code: Code.OK, details: "OK", metadata: null }),
  });

const everyMessageTwice: ServerInterceptor = (_method, call) =>
  new ServerInterceptingCall(call, {
    sendMessage(message, next) {
      call.sendMessage(message, () => {});
      next(message);
    },
  });

const stamp: ServerInterceptor = (method, call) =>
  new ServerInterceptingCall(call, {
    start: (next) =>
      next({
        onReceiveMetadata(metadata, pass) {
          metadata.add("x-in", "intercepted");
          pass(metadata);
        },
      }),
    sendStatus(status, next) {
      const metadata = status.metadata ?? new Metadata();
      metadata.set("x-intercepted", method.path);
      next({ ...status, metadata });
    },
  });

const refuse: ServerInterceptor = (_method, call) =>
  new ServerInterceptingCall(call, {
    start: (next) =>
      next({
        onReceiveMetadata() {
          call.sendStatus({ code: Code.PERMISSION_DENIED, details: "no", metadata: null });
        },
      }),
  });

/** Values by key, several joined by a comma as HTTP may do on the way, bytes as hex. */
function joined(entries: MetadataEntries): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [key, value] of entries) {
    const text = typeof value === "string" ? value : Buffer.from(value).toString("hex");
    result[key] = result[key] === undefined ? text : `${result[key]}, ${text}`;
  }
  return result;
}
