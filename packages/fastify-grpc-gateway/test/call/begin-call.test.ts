import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { credentials } from "@grpc/grpc-js";
import Fastify from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import type { AuthContext } from "grpc-transcoding";
import { callUnary } from "grpc-transcoding/testing";
import { FakeUpstream } from "../fake-upstream.ts";
import { connectHttp2, requestHttp1, requestHttp2 } from "../one-port/http-clients.ts";
import { channelTo, pem } from "../one-port/server-shapes.ts";
import { startApp, transportTo } from "../one-port/split-app.ts";
import { shopProto } from "../shop.ts";

const tally = fileURLToPath(new URL("./proto", import.meta.url));

/** An https server that asks for a client certificate and takes any: the app is to judge it. */
const asking = {
  key: pem("server.key"),
  cert: pem("server.pem"),
  ca: pem("ca.pem"),
  requestCert: true,
  rejectUnauthorized: false,
};
const secure = { secure: true };

type Owner = "client" | "stranger";

function certificateOf(owner: Owner): object {
  return { key: pem(`${owner}.key`), cert: pem(`${owner}.pem`) };
}

/** The authContext that the service would get, by each version of HTTP. */
async function contextsOf(t: TestContext, owner: Owner): Promise<(AuthContext | undefined)[]> {
  const upstream = new FakeUpstream();
  const app = Fastify({ https: asking });
  t.after(() => app.close());
  await app.register(grpcGateway, { proto: shopProto, upstream });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  const answer = async (): Promise<AuthContext | undefined> => {
    const reached = await upstream.next();
    reached.answer();
    reached.end();
    return reached.call.authContext;
  };
  const http1 = answer();
  const overHttp1 = await requestHttp1(secure, port, "/v1/items/1", certificateOf(owner));
  const session = connectHttp2(t, secure, port, certificateOf(owner));
  const http2 = answer();
  const overHttp2 = await requestHttp2(session, { ":path": "/v1/items/1" });
  assert.deepEqual([overHttp1.statusCode, overHttp2.statusCode], [200, 200]);
  session.close();
  return Promise.all([http1, http2]);
}

test("a verified client certificate is the peer's", async (t) => {
  for (const context of await contextsOf(t, "client")) {
    assert.equal(context?.transportSecurityType, "ssl");
    const certificate = context?.sslPeerCertificate as { subject?: { CN?: string } } | undefined;
    assert.equal(certificate?.subject?.CN, "test-client");
  }
});

test("a client certificate that nobody verified never reaches a service", async (t) => {
  const unverified = { transportSecurityType: "ssl" };
  assert.deepEqual(await contextsOf(t, "stranger"), [unverified, unverified]);
});

test("a client certificate that nobody verified never reaches a native handler", async (t) => {
  const shape = {
    name: "asking",
    http1: true,
    secure: true,
    create: () => Fastify({ https: asking }),
  };
  const { port } = await startApp(t, shape as never);
  const transport = transportTo(t, shape, port, {
    ...channelTo(shape),
    credentials: credentials.createSsl(pem("ca.pem"), pem("stranger.key"), pem("stranger.pem")),
  });
  const seen = JSON.parse((await callUnary(transport, "context")).messages[0] ?? "");
  assert.equal(seen.subject, undefined);
});

test("a unary call has the default deadline, streams of either side their own", async (t) => {
  const upstream = new FakeUpstream();
  const app = Fastify();
  t.after(() => app.close());
  const deadline = { defaultMs: 10_000, streamMs: 1_000_000 };
  await app.register(grpcGateway, { proto: tally, upstream, deadline });
  const secondsLeft = async (method: "GET" | "POST", url: string): Promise<number> => {
    const next = upstream.next();
    const answer = app.inject({ method, url, ...(method === "POST" && { payload: {} }) });
    const reached = await next;
    const left = reached.call.deadline.at - Date.now();
    reached.answer();
    reached.end();
    assert.equal((await answer).statusCode, 200);
    return Math.round(left / 10_000) * 10;
  };
  assert.equal(await secondsLeft("GET", "/v1/sum"), 10);
  assert.equal(await secondsLeft("GET", "/v1/sum:watch"), 1000);
  assert.equal(await secondsLeft("POST", "/v1/entries"), 1000);
});
