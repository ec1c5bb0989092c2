import assert from "node:assert/strict";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Server } from "@grpc/grpc-js";
import Fastify from "fastify";
import { Code, StatusError } from "grpc-transcoding";
import { callUnary, startCall } from "grpc-transcoding/testing";
import type { Policy, PolicyCall } from "../../src/guard/policies.ts";
import { attachGrpcServer } from "../../src/native/attach-grpc-server.ts";
import { portSplit } from "../../src/one-port/port-split.ts";
import { connectHttp2, grpcFrame, grpcHeaders, requestHttp2 } from "./http-clients.ts";
import { plain } from "./server-shapes.ts";
import { startApp, transportTo } from "./split-app.ts";

/** A server that answers one method with its own name. */
function named(name: string, path = "/probe.Probe/Unary"): Server {
  const server = new Server();
  const same = (bytes: Buffer) => bytes;
  const answer = (_call: unknown, respond: (error: null, value: Buffer) => void) =>
    respond(null, Buffer.from(name));
  server.register(path, answer as never, same, same, "unary");
  return server;
}

test("a call for a service that no server has is UNIMPLEMENTED, as trailers only", async (t) => {
  const { port } = await startApp(t, plain, { server: named("a", "/a.A/M") });
  const session = connectHttp2(t, plain, port);
  for (const path of ["/b.B/M", "/a.A/N", "/a.A", "//a.A/M", "/a.A/M/", "/a.A/M?q=1", "/%61.A/M"]) {
    const answer = await requestHttp2(session, grpcHeaders(path), "");
    assert.equal(answer.statusCode, 200, path);
    assert.equal(answer.headers["grpc-status"], "12", path);
    assert.equal(answer.headers["content-type"], "application/grpc+proto", path);
    assert.equal(answer.body.length, 0);
  }
  const ok = await requestHttp2(session, grpcHeaders("/a.A/M"), Buffer.alloc(5));
  assert.equal(ok.trailers["grpc-status"], "0");
});

test("text in a status is percent-encoded", async (t) => {
  const { port } = await startApp(t, plain);
  const session = connectHttp2(t, plain, port);
  const answer = await requestHttp2(session, grpcHeaders("/é%/Ü"), "");
  assert.equal(
    decodeURIComponent(String(answer.headers["grpc-message"])),
    "The server does not implement the method /é%/Ü",
  );
});

test("calls go to the server that has the method, of several on one port", async (t) => {
  const { app, port } = await startApp(t, plain, { server: named("a", "/a.A/M") });
  attachGrpcServer(app, { name: "b", server: named("b", "/b.B/M") });
  const session = connectHttp2(t, plain, port);
  for (const name of ["a", "b"]) {
    const path = `/${name}.${name.toUpperCase()}/M`;
    const answer = await requestHttp2(session, grpcHeaders(path), Buffer.alloc(5));
    assert.equal(answer.body.subarray(5).toString(), name);
  }
});

test("servers with the same services are told apart by what they accept", async (t) => {
  const services = ["probe.Probe"];
  const { app, port } = await startApp(t, plain, {
    server: named("red"),
    attach: { name: "red", services, accepts: (headers) => headers["x-tenant-id"] === "red" },
  });
  attachGrpcServer(app, {
    name: "blue",
    server: named("blue"),
    services,
    accepts: (headers) => headers["x-tenant-id"] === "blue",
  });
  const transport = transportTo(t, plain, port);
  for (const tenant of ["red", "blue"]) {
    const call = await callUnary(transport, "x", { metadata: [["x-tenant-id", tenant]] });
    assert.deepEqual(call.messages, [tenant]);
  }
  assert.equal((await callUnary(transport, "x")).status.code, Code.UNIMPLEMENTED);
});

test("only the named services of a server are on the port", async (t) => {
  const { port } = await startApp(t, plain, { attach: { services: ["other.Service"] } });
  const call = await callUnary(transportTo(t, plain, port), "x");
  assert.equal(call.status.code, Code.UNIMPLEMENTED);
});

test("two attachments may share a server, and one may go", async (t) => {
  const { app, port, server } = await startApp(t, plain, {
    attach: { services: ["other.Service"] },
  });
  const detach = attachGrpcServer(app, { name: "second", server, services: ["probe.Probe"] });
  const transport = transportTo(t, plain, port);
  assert.equal((await callUnary(transport, "x")).status.code, Code.OK);
  const running = startCall(transport, "Bidi");
  running.handle.send(Buffer.from("a"));
  await running.received(1);
  detach();
  detach();
  assert.equal((await callUnary(transport, "x")).status.code, Code.UNIMPLEMENTED);
  running.handle.send(Buffer.from("b"));
  await running.received(2);
  running.handle.halfClose();
  await running.ended;
  assert.equal(running.status.code, Code.OK, "a call that runs goes on");
  attachGrpcServer(app, { name: "second", server, services: ["probe.Probe"] });
  assert.equal((await callUnary(transport, "x")).status.code, Code.OK);
});

test("a conflict is refused with both names", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  const services = ["probe.Probe"];
  attachGrpcServer(app, { name: "one", server: named("a"), services });
  assert.throws(
    () => attachGrpcServer(app, { name: "two", server: named("b"), services }),
    /take the service probe\.Probe: "one" and "two"/,
  );
  assert.throws(
    () => attachGrpcServer(app, { name: "one", server: named("c") }),
    /a gRPC server named "one" is on this port already/,
  );
});

test("a server that was shut down answers UNAVAILABLE, not as if it were open", async (t) => {
  const { port, server, log } = await startApp(t, plain);
  const transport = transportTo(t, plain, port);
  assert.equal((await callUnary(transport, "x")).status.code, Code.OK);
  await new Promise((done) => server.tryShutdown(done));
  const called = log.events.length;
  const call = await callUnary(transportTo(t, plain, port), "x");
  assert.deepEqual(
    [call.status.code, call.status.message],
    [Code.UNAVAILABLE, "the service has stopped"],
  );
  assert.equal(log.events.length, called);
});

test("policies judge each call by its method, server, headers and client", async (t) => {
  const calls: PolicyCall[] = [];
  const peers: string[] = [];
  const policy: Policy = (call) => {
    calls.push(call);
    peers.push(call.peer);
    const { "x-role": role } = call.headers;
    if (role === "none") {
      const trailers = [
        ["grpc-retry-pushback-ms", "250"],
        ["x-limit", "5"],
      ] as const;
      return { refuse: new StatusError(Code.RESOURCE_EXHAUSTED, "too many", { trailers }) };
    }
    if (role === "rejects") return Promise.reject(new Error("secret"));
    if (role === "throws") throw new Error("secret");
    if (role === "nonsense") return { deny: true } as never;
    if (role === "changed") return { metadata: { "x-in": "from the policy", "y-bin": undefined } };
    return role === "late" ? delay(20, undefined) : undefined;
  };
  const { port, log } = await startApp(t, plain, { attach: { policies: [policy] } });
  const transport = transportTo(t, plain, port);
  const as = (role: string, request = "x") =>
    callUnary(transport, request, {
      metadata: [
        ["x-role", role],
        ["y-bin", Buffer.from([1])],
      ],
    });

  const refused = await as("none");
  assert.deepEqual(
    [refused.status.code, refused.status.message],
    [Code.RESOURCE_EXHAUSTED, "too many"],
  );
  assert.deepEqual(Object.fromEntries(refused.trailers), {
    "grpc-retry-pushback-ms": "250",
    "x-limit": "5",
  });
  for (const role of ["rejects", "throws", "nonsense"]) {
    const failed = await as(role);
    assert.equal(failed.status.code, Code.INTERNAL, role);
    assert.doesNotMatch(failed.status.message, /secret/);
  }
  assert.deepEqual(log.events, [], "the handler was not asked");
  assert.deepEqual((await as("late")).messages, ["x"]);
  const changed = await as("changed", "headers");
  assert.deepEqual(
    changed.headers?.map(([key, value]) => `${key}: ${value}`),
    ["x-in: from the policy"],
  );
  const [{ protocol, method, gateway, binding } = {} as PolicyCall] = calls;
  assert.deepEqual(
    { protocol, method, gateway, binding },
    {
      protocol: "grpc",
      method: { path: "/probe.Probe/Unary", service: "probe.Probe", name: "Unary" },
      gateway: "probe",
      binding: undefined,
    },
  );
  assert.match(peers[0] ?? "", /^127\.0\.0\.1:\d+$/);
});

test("a call that is reset while its policy decides does no harm", async (t) => {
  const { port, log } = await startApp(t, plain, {
    attach: { policies: [() => delay(30, undefined)] },
  });
  const session = connectHttp2(t, plain, port);
  const stream = session.request(grpcHeaders("/probe.Probe/Unary"));
  stream.on("error", () => {});
  stream.end(grpcFrame("x"));
  await delay(10);
  stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
  await delay(40);
  assert.deepEqual(log.events, []);
  const next = await requestHttp2(session, grpcHeaders("/probe.Probe/Unary"), grpcFrame("next"));
  assert.deepEqual(next.body, grpcFrame("next"));
});

test("all gateways of an app share one split", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  await app.register(async (child) => {
    attachGrpcServer(child, { name: "child", server: named("child", "/c.C/M") });
  });
  await app.register(async (child) => {
    attachGrpcServer(child, { name: "other", server: named("other", "/o.O/M") });
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  assert.equal(portSplit(app).servers.size, 1);
  const session = connectHttp2(t, plain, (app.server.address() as AddressInfo).port);
  for (const path of ["/c.C/M", "/o.O/M"]) {
    const answer = await requestHttp2(session, grpcHeaders(path), Buffer.alloc(5));
    assert.equal(answer.trailers["grpc-status"], "0");
  }
});

test("a server object that is none of Node's is refused with the reason", () => {
  const app = { server: {}, initialConfig: {}, addHook() {} } as never;
  assert.throws(
    () => attachGrpcServer(app, { name: "a", server: named("a") }),
    /needs a server of node:http, node:https or node:http2/,
  );
});

test("credentials of another copy of grpc-js are refused with the way out", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  assert.throws(
    () => attachGrpcServer(app, { name: "a", server: named("a"), credentials: {} as never }),
    /credentials.*ServerCredentials\.createInsecure\(\) of the @grpc\/grpc-js that made the server/,
  );
});
