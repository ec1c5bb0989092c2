import assert from "node:assert/strict";
import { test } from "node:test";
import { Server, ServerInterceptingCall, type ServerInterceptor } from "@grpc/grpc-js";
import { Code } from "grpc-transcoding";
import { callUnary, probeServer, runTransportContract, startCall } from "grpc-transcoding/testing";
import { createInProcessTransport } from "../../src/transport/in-process.ts";

runTransportContract("in-process", async (_t, server, limits) =>
  createInProcessTransport(server, limits),
);

const passing: ServerInterceptor = (_method, call) => new ServerInterceptingCall(call);

for (const interceptors of [[], [passing]]) {
  test(`a handler sees the HTTP client's address, certificate and deadline (${interceptors.length} interceptors)`, async () => {
    const { server } = probeServer({ interceptors });
    const transport = createInProcessTransport(server);
    const at = Date.now() + 5_000;
    const call = await callUnary(transport, "context", {
      peer: "192.0.2.1:1234",
      deadline: { at, source: "client" },
      authContext: {
        transportSecurityType: "ssl",
        sslPeerCertificate: { subject: { CN: "a client" } },
      },
    });
    assert.deepEqual(JSON.parse(call.messages[0] ?? ""), {
      peer: "192.0.2.1:1234",
      path: "/probe.Probe/Unary",
      deadline: at,
      subject: "a client",
      transportSecurityType: "ssl",
    });
  });
}

for (const reading of [true, false]) {
  test(`a second answer of a handler changes nothing (${reading ? "" : "not "}read at once)`, async () => {
    const { server } = probeServer();
    const call = startCall(createInProcessTransport(server), "Unary", { reading });
    call.handle.send(Buffer.from("twice"));
    call.handle.halfClose();
    call.handle.read();
    await call.ended;
    assert.deepEqual(call.reports, ["headers", "message", "status"]);
    assert.equal(call.status.code, Code.OK);
  });
}

test("a second half-close runs no second handler", async () => {
  const { server, log } = probeServer();
  const call = startCall(createInProcessTransport(server), "Unary");
  call.handle.send(Buffer.from("hang"));
  call.handle.halfClose();
  call.handle.halfClose();
  await log.seen("called");
  assert.deepEqual(log.events, ["called"]);
  call.handle.cancel({ code: Code.CANCELLED, message: "enough", details: [] });
  await call.ended;
});

test("services added after the transport was made are found", async () => {
  const server = new Server();
  const transport = createInProcessTransport(server);
  server.register(
    "/probe.Probe/Unary",
    (_call: unknown, respond: (error: null, value: Buffer) => void) =>
      respond(null, Buffer.from("found")),
    (bytes: Buffer) => bytes,
    (bytes: Buffer) => bytes,
    "unary",
  );
  assert.deepEqual((await callUnary(transport, "x")).messages, ["found"]);
});

test("a server without the members that this package needs is refused with the reason", () => {
  const server = new Server();
  Reflect.deleteProperty(server, "handlers");
  assert.throws(() => createInProcessTransport(server), /no Server\.handlers .* install a version/);
});
