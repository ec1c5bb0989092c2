import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Code } from "grpc-transcoding";
import { callUnary, startCall } from "grpc-transcoding/testing";
import { transportTo } from "../life/echo-server.ts";

const python = ["/usr/bin/python3", "python3"].find(
  (one) => spawnSync(one, ["-c", "import grpc"]).status === 0,
);
const skip = python === undefined ? "python3-grpcio is not installed" : false;

/** A server of gRPC C-core (Debian's python3-grpcio). */
async function coreServer(t: TestContext, compression?: "gzip"): Promise<string> {
  const script = fileURLToPath(new URL("./echo_server.py", import.meta.url));
  const child = spawn(python ?? "", [script, ...(compression === undefined ? [] : [compression])], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  t.after(() => child.kill());
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return `127.0.0.1:${Number(line.toString())}`;
}

for (const compression of [undefined, "gzip"] as const) {
  test(`all four kinds of calls to C-core (${compression ?? "identity"})`, { skip }, async (t) => {
    const transport = transportTo(t, { target: await coreServer(t, compression) });
    const unary = await callUnary(transport, "hello ".repeat(100), { metadata: [["x-in", "a"]] });
    assert.deepEqual(unary.messages, ["hello ".repeat(100)]);
    assert.deepEqual(unary.headers, [["x-out", "a"]]);

    const large = "x".repeat(3_000_000);
    assert.equal((await callUnary(transport, large)).messages[0], large);

    const stream = startCall(transport, "ServerStream");
    stream.handle.send(Buffer.from("item "));
    stream.handle.halfClose();
    await stream.ended;
    assert.equal(stream.messages.length, 1000);
    assert.equal(stream.messages[999], "item 999");

    const upload = startCall(transport, "ClientStream");
    for (let i = 0; i < 200; i += 1) upload.handle.send(Buffer.alloc(5_000));
    upload.handle.halfClose();
    await upload.ended;
    assert.deepEqual(upload.messages, ["1000000"]);

    const chat = startCall(transport, "Bidi");
    chat.handle.send(Buffer.from("1"));
    await chat.received(1);
    chat.handle.send(Buffer.from("2"));
    await chat.received(2);
    chat.handle.halfClose();
    await chat.ended;
    assert.deepEqual([chat.messages, chat.status.code], [["re: 1", "re: 2"], Code.OK]);
  });
}

test("an error, a deadline and a missing method of C-core", { skip }, async (t) => {
  const transport = transportTo(t, { target: await coreServer(t) });
  const failed = await callUnary(transport, "fail");
  assert.equal(failed.status.code, Code.FAILED_PRECONDITION);
  assert.equal(failed.status.message, "nope é %");
  assert.deepEqual(failed.trailers, [
    ["x-trailer", "last"],
    ["y-bin", Buffer.from([0, 1, 255])],
  ]);
  const slow = await callUnary(transport, "slow", {
    deadline: { at: Date.now() + 100, source: "client" },
  });
  assert.equal(slow.status.code, Code.DEADLINE_EXCEEDED);
  assert.equal(slow.status.message, "the deadline set by the client has passed");
  const missing = startCall(transport, "Missing");
  missing.handle.send(Buffer.from("x"));
  missing.handle.halfClose();
  await missing.ended;
  assert.equal(missing.status.code, Code.UNIMPLEMENTED);
});

test("three thousand calls to C-core, sixty-four at a time", { skip }, async (t) => {
  const transport = transportTo(t, { target: await coreServer(t) });
  let left = 3_000;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const text = `call ${left}`;
      const call = await callUnary(transport, text);
      assert.deepEqual(call.messages, [text], call.status.message);
    }
  };
  await Promise.all(Array.from({ length: 64 }, worker));
});
