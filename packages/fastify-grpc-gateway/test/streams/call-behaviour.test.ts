import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { type Server, ServerCredentials } from "@grpc/grpc-js";
import grpcGateway from "fastify-grpc-gateway";
import { type Interceptor, loadSchema, type TransportCall } from "grpc-transcoding";
import type { Upstream } from "../../src/transport/upstream.ts";
import { plain, secure } from "../one-port/server-shapes.ts";
import {
  type BehaviourCase,
  behaviourCases,
  behaviourLimits,
  outcomeOf,
} from "./call-behaviour.ts";
import { type CallKind, CallsLog, callKinds, callsProto, callsServer } from "./calls-service.ts";
import { type Wire, wires } from "./stream-clients.ts";

const schema = loadSchema({ proto: callsProto });

type MakeUpstream = (t: TestContext, server: Server) => Promise<Upstream>;

/** The ways to the service. A transport joins the cases by its line. */
const transports: Readonly<Record<string, MakeUpstream>> = {
  "in-process": async (_t, server) => server,
  "grpc-js channel": async (t, server) => ({
    target: `127.0.0.1:${await bound(t, server)}`,
    transport: "grpc-js",
  }),
  "http2 client": async (t, server) => `127.0.0.1:${await bound(t, server)}`,
};

/** Notes the half-closes of calls: a server of grpc-js takes a reset for one, so that its handlers cannot tell. */
function halfCloses(halfClosed: TransportCall[]): Interceptor {
  return (next) => ({
    ...next,
    start(call, receiver) {
      const handle = next.start(call, receiver);
      return {
        send: (bytes, onAccepted) => handle.send(bytes, onAccepted),
        read: () => handle.read(),
        cancel: (status) => handle.cancel(status),
        halfClose() {
          halfClosed.push(call);
          handle.halfClose();
        },
      };
    },
  });
}

async function bound(t: TestContext, server: Server): Promise<number> {
  t.after(() => server.forceShutdown());
  return new Promise((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  );
}

async function runCase(
  t: TestContext,
  wire: Wire,
  makeUpstream: MakeUpstream,
  kind: CallKind,
  behaviour: BehaviourCase,
): Promise<void> {
  const log = new CallsLog();
  const halfClosed: TransportCall[] = [];
  const app = (wire.secure ? secure : plain).create();
  t.after(() => app.close());
  await app.register(grpcGateway, {
    schema: await schema,
    upstream: await makeUpstream(t, await callsServer(log)),
    limits: behaviourLimits,
    interceptors: [halfCloses(halfClosed)],
    headers: { request: { allow: ["x-ask"] } },
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const client = wire.connect(t, (app.server.address() as AddressInfo).port);
  const call = client.start(`/v1/red:${kind}`, {
    "content-type": "application/x-ndjson",
    ...((kind === "unary" || kind === "serverStream") && { "content-type": "application/json" }),
    ...behaviour.headers,
  });
  const running = { call, log, kind };
  await behaviour.run(running);
  const expected = behaviour.sees[kind];
  if (expected === "nothing") {
    const answer = await call.answer.catch(() => undefined);
    assert.notEqual(answer?.isWhole, true, "no whole answer");
  } else {
    const answer = await call.answer;
    assert.deepEqual(outcomeOf(answer), expected, "what the client sees");
    await behaviour.check?.(answer, running);
  }
  client.cut();
  await app.close();
  const isStreamed = kind === "clientStream" || kind === "bidi";
  if (isStreamed && behaviour.isComplete !== undefined) {
    assert.equal(halfClosed.length > 0, behaviour.isComplete, "half-close");
  }
  if (behaviour.messages !== undefined) {
    const messages = log.events.filter((event) => event.startsWith("message"));
    assert.deepEqual(
      messages,
      behaviour.messages.map((number) => `message ${number}`),
    );
  }
  assert.deepEqual(app.grpcGateway().gauges.calls, 0);
}

for (const [transport, makeUpstream] of Object.entries(transports)) {
  for (const wire of wires) {
    for (const behaviour of behaviourCases) {
      for (const kind of callKinds.filter((kind) => behaviour.sees[kind] !== undefined)) {
        test(`${transport}, ${wire.name}, ${kind}: ${behaviour.name}`, { timeout: 5_000 }, (t) =>
          runCase(t, wire, makeUpstream, kind, behaviour),
        );
      }
    }
  }
}
