import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { Code } from "grpc-transcoding";
import { startCall } from "grpc-transcoding/testing";
import { echoServer, transportTo } from "./echo-server.ts";

function framed(text: string, isCompressed: boolean): Buffer {
  const bytes = isCompressed ? gzipSync(text) : Buffer.from(text);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(isCompressed ? 1 : 0);
  prefix.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
}

test("compressed and plain messages of one stream keep their order, read at once or later", async (t) => {
  const texts = Array.from({ length: 40 }, (_, at) => `message ${at}`);
  const server = await echoServer(t, {
    answer(stream) {
      stream.respond(
        { ":status": 200, "content-type": "application/grpc", "grpc-encoding": "gzip" },
        { waitForTrailers: true },
      );
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.end(Buffer.concat(texts.map((text, at) => framed(text, at % 3 === 0))));
    },
  });
  const transport = transportTo(t, { target: server.target });
  for (const reading of [true, false]) {
    const call = startCall(transport, "ServerStream", { reading });
    call.handle.send(Buffer.from("x"));
    call.handle.halfClose();
    if (!reading) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      for (let at = 0; at < texts.length; at += 1) call.handle.read();
    }
    await call.ended;
    assert.deepEqual(call.messages, texts);
    assert.equal(call.status.code, Code.OK, call.status.message);
  }
});
