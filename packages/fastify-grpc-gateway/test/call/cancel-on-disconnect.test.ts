import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import type { ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { type TestContext, test } from "node:test";
import Fastify, { type FastifyInstance, type preHandlerHookHandler } from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import { Code } from "grpc-transcoding";
import { FakeUpstream } from "../fake-upstream.ts";
import { type RestClient, restClients } from "../rest-clients.ts";
import { listen, shopProto } from "../shop.ts";

interface Http2Raw {
  readonly stream: ServerHttp2Stream;
}

async function start(
  t: TestContext,
  connect: (t: TestContext, port: number) => RestClient,
  hook?: preHandlerHookHandler,
): Promise<{ upstream: FakeUpstream; client: RestClient; app: FastifyInstance }> {
  const upstream = new FakeUpstream();
  const app = Fastify();
  t.after(() => app.close());
  if (hook !== undefined) app.addHook("preHandler", hook);
  await app.register(grpcGateway, { proto: shopProto, upstream });
  const client = connect(t, Number(new URL(await listen(app)).port));
  // Before the app's close, which waits for its connections.
  t.after(() => client.close());
  return { upstream, client, app };
}

const calls = { unary: "/v1/items/1", "server stream": "/v1/items:count" };
// A call that is not cancelled would run until its deadline.
const soon = { timeout: 5_000 };

for (const [version, connect] of Object.entries(restClients)) {
  for (const [kind, path] of Object.entries(calls)) {
    test(
      `${version}, ${kind}: a client that leaves before the first message ends its call`,
      soon,
      async (t) => {
        const { upstream, client } = await start(t, connect);
        const reached = upstream.next();
        const request = client.start(path);
        const call = await reached;
        request.leave();
        assert.equal((await call.cancelled).code, Code.CANCELLED);
      },
    );

    test(
      `${version}, ${kind}: a call that has ended is let go, though its connection lives`,
      soon,
      async (t) => {
        const { upstream, client, app } = await start(t, connect);
        const connected = once(app.server, "connection") as Promise<[Socket]>;
        for (let i = 0; i < 3; i += 1) {
          const reached = upstream.next();
          const request = client.start(path);
          const call = await reached;
          call.answer();
          call.end();
          assert.equal((await request.answer).statusCode, 200);
        }
        const [socket] = await connected;
        const closed = once(socket, "close");
        client.close();
        await closed;
        await new Promise(setImmediate);
        assert.deepEqual(
          upstream.calls.map(({ lateCancels }) => lateCancels),
          [0, 0, 0],
        );
      },
    );
  }
}

// Node tells that a stream was reset before it takes the stream from its session.
const ends = {
  "as its stream is reset": ({ stream }: Http2Raw, done: () => void) => {
    stream.once("aborted", done);
  },
  "after its stream was reset": ({ stream }: Http2Raw, done: () => void) => {
    stream.once("close", () => setImmediate(done));
  },
};

for (const [when, end] of Object.entries(ends)) {
  test(
    `HTTP/2: no call starts when a hook ends ${when}, while the session lives`,
    soon,
    async (t) => {
      const hook = new EventEmitter();
      const entered = once(hook, "entered");
      const left = once(hook, "left");
      const { upstream, client } = await start(
        t,
        restClients["HTTP/2"],
        ({ raw, url }, _, done) => {
          if (!url.includes("reset")) return done();
          end(raw as unknown as Http2Raw, () => {
            done();
            hook.emit("left");
          });
          hook.emit("entered");
        },
      );
      const request = client.start("/v1/items/reset");
      await entered;
      request.leave();
      await left;
      await new Promise(setImmediate);
      assert.equal(upstream.calls.length, 0);
      const reached = upstream.next();
      const after = client.start("/v1/items/after");
      const call = await reached;
      call.answer();
      call.end();
      assert.equal((await after.answer).statusCode, 200);
    },
  );
}
