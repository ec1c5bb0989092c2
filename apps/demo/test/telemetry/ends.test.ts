import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { FastifyInstance } from "fastify";
import { refuse } from "fastify-grpc-gateway";
import grpcTelemetry from "fastify-grpc-telemetry";
import { type DepotHandlers, depotApp, ways } from "./depot.ts";
import { type RawCall, rawClients } from "./raw-clients.ts";
import { installSdk, type TestSdk } from "./sdk.ts";

/** How a call can end. */
interface End {
  /** Whether the service holds the call; a stream has sent its first message by then. */
  readonly isHeld?: boolean;
  readonly fails?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** What ends a call that is held. */
  readonly act?: (call: RawCall, app: FastifyInstance) => void;
  /** The code in the server span. */
  readonly code: string;
  /** Whether the span is an error of the server. */
  readonly isFault?: boolean;
  /** Whether a service is asked. */
  readonly isMade?: boolean;
}

const ends: Readonly<Record<string, End>> = {
  "an answer": { code: "OK" },
  "an error": { fails: true, code: "FAILED_PRECONDITION" },
  "the client's cancel": { isHeld: true, act: (call) => call.cancel(), code: "CANCELLED" },
  "a client that vanishes": { isHeld: true, act: (call) => call.vanish(), code: "CANCELLED" },
  "its deadline": {
    isHeld: true,
    headers: { "grpc-timeout": "150m" },
    code: "DEADLINE_EXCEEDED",
    isFault: true,
  },
  "a hook that refuses it": {
    headers: { "x-refused": "hook" },
    code: "UNAUTHENTICATED",
    isMade: false,
  },
  "a policy that refuses it": {
    headers: { "x-refused": "policy" },
    code: "PERMISSION_DENIED",
    isMade: false,
  },
  "the app's close": {
    isHeld: true,
    act: (_call, app) => void app.close(),
    code: "UNAVAILABLE",
    isFault: true,
  },
};

function handlersOf({ isHeld, fails }: End, held: () => void): DepotHandlers {
  const error = { code: status.FAILED_PRECONDITION, details: "not today" };
  return {
    get({ request }, callback) {
      if (isHeld) held();
      else if (fails) callback(error);
      else callback(null, request);
    },
    watch(call) {
      call.write(call.request);
      if (isHeld) setImmediate(held);
      else if (fails) call.emit("error", error);
      else call.end();
    },
  };
}

/** Waits until every span that has begun has ended. */
async function settled(sdk: TestSdk): Promise<void> {
  const limit = Date.now() + 5_000;
  while (sdk.open > 0 && Date.now() < limit) await turn();
}

for (const [client, call] of Object.entries(rawClients)) {
  for (const [name, way] of Object.entries(ways)) {
    for (const isStream of [false, true]) {
      for (const [ending, end] of Object.entries(ends)) {
        const kind = isStream ? "a stream" : "a unary call";
        test(`${client}, ${name}: ${kind} that ends by ${ending} has one server span, which tells it`, async (t) => {
          const sdk = installSdk(t);
          let held = (): void => {};
          const whenHeld = new Promise<void>((resolve) => {
            held = resolve;
          });
          const { app, port } = await depotApp(t, {
            way,
            ...handlersOf(end, held),
            gateway: {
              closeGraceMs: 50,
              policies: [
                ({ headers }) =>
                  headers["x-refused"] === "policy" ? refuse("PERMISSION_DENIED", "no") : undefined,
              ],
            },
            async before(fastify) {
              await fastify.register(grpcTelemetry);
              fastify.addHook("preHandler", async ({ headers }) => {
                if (headers["x-refused"] !== "hook") return;
                throw Object.assign(new Error("who?"), { statusCode: 401 });
              });
            },
          });
          const { headers = {}, act } = end;
          const made = call({ port, isStream, headers });
          if (end.isHeld) await whenHeld;
          act?.(made, app);
          await made.over;
          await sdk.ended(1);
          await settled(sdk);
          assert.equal(sdk.open, 0);
          const servers = sdk.spans.filter((span) => span.kind === SpanKind.SERVER);
          const attempts = sdk.spans.filter((span) => span.kind === SpanKind.CLIENT);
          assert.equal(servers.length, 1);
          const asksTransport = client !== "native gRPC" || name !== "in-process";
          assert.equal(attempts.length, asksTransport && end.isMade !== false ? 1 : 0);
          const [server] = servers;
          assert.equal(server?.attributes["rpc.status_code"], end.code);
          assert.equal(
            server?.status.code,
            end.isFault ? SpanStatusCode.ERROR : SpanStatusCode.UNSET,
          );
        });
      }
    }
  }
}

test("a request that no binding has is a server span without a route and without an rpc", async (t) => {
  const sdk = installSdk(t);
  const { port } = await depotApp(t, { before: (app) => app.register(grpcTelemetry) });
  const call = rawClients["HTTP/1.1"];
  await call?.({ port, isStream: false, headers: {}, method: "DELETE" }).over;
  const [span, ...rest] = await sdk.ended(1);
  assert.deepEqual(rest, []);
  assert.equal(span?.name, "DELETE");
  assert.equal(span?.attributes["http.response.status_code"], 405);
  assert.equal(span?.attributes["rpc.status_code"], undefined);
});

test("pipelined requests whose client vanishes all end", async (t) => {
  const sdk = installSdk(t);
  const { port } = await depotApp(t, {
    get() {},
    before: (app) => app.register(grpcTelemetry),
  });
  const { connect } = await import("node:net");
  const socket = connect(port, "127.0.0.1");
  const one = "GET /v1/things/tea HTTP/1.1\r\nhost: x\r\n\r\n";
  socket.write(one + one + one);
  while (sdk.open < 4) await turn();
  socket.destroy();
  await sdk.ended(4);
  const servers = sdk.spans.filter((span) => span.kind === SpanKind.SERVER);
  assert.deepEqual(
    servers.map((span) => span.attributes["rpc.status_code"]),
    ["CANCELLED", "CANCELLED", "CANCELLED"],
  );
  assert.equal(sdk.open, 0);
});
