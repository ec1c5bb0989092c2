import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerHttp2Stream } from "node:http2";
import { test } from "node:test";
import { createHttp2Transport } from "grpc-http2-client";
import { createChannelTransport } from "../../src/transport/channel.ts";
import { rawUpstream } from "./raw-upstream.ts";

const ends: readonly (readonly [string, number])[] = [
  ["a cancel", Number.POSITIVE_INFINITY],
  ["its deadline", 100],
];

const clients = {
  "grpc-js": (target: string) => createChannelTransport(target),
  http2: (target: string) => createHttp2Transport({ target }),
};

for (const [client, connect] of Object.entries(clients))
  for (const [end, deadlineMs] of ends) {
    test(`an upload over ${client} that ends by ${end} is reset, so that no upstream takes it for complete`, {
      timeout: 5_000,
    }, async (t) => {
      let begin = (_stream: ServerHttp2Stream): void => {};
      const started = new Promise<ServerHttp2Stream>((resolve) => {
        begin = resolve;
      });
      const transport = connect(await rawUpstream(t, (stream) => begin(stream)));
      t.after(() => transport.close?.());
      let hear = (): void => {};
      const ended = new Promise<void>((resolve) => {
        hear = resolve;
      });
      const handle = transport.start(
        {
          method: { path: "/calls.v1.Calls/Sum", clientStreaming: true, serverStreaming: false },
          metadata: [],
          deadline: { at: Date.now() + deadlineMs, source: "client" },
          peer: "127.0.0.1:1",
          timing: {},
        },
        { onHeaders() {}, onMessage() {}, onStatus: hear },
      );
      handle.read();
      handle.send(Buffer.alloc(0));
      const stream = await started;
      let isEnded = false;
      // What Node ends itself, once a stream is reset, is aborted before.
      stream.on("end", () => {
        isEnded = !stream.aborted;
      });
      if (end === "a cancel") {
        await once(stream, "data");
        handle.cancel({ code: 1, message: "gone", details: [] });
      }
      await ended;
      if (!stream.closed) await once(stream, "close");
      assert.equal(isEnded, false, "the messages have no end");
      assert.equal(stream.rstCode, 8);
    });
  }
