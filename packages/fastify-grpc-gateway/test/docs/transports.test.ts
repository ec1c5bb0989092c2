import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { ServerCredentials } from "@grpc/grpc-js";
import type { StopOptions, TenantOptions } from "fastify-grpc-gateway";
import { compose, type Transport } from "grpc-transcoding";
import { callUnary, type MakeTransport, probeServer } from "grpc-transcoding/testing";
import { checkTenant } from "../../src/tenants/tenant-options.ts";
import { createChannelTransport } from "../../src/transport/channel.ts";
import { createInProcessTransport } from "../../src/transport/in-process.ts";
import { resolveUpstream, type Upstream } from "../../src/transport/upstream.ts";
import { snippetsOf } from "./snippets.ts";

test("the examples of docs/transports.md run", async (t: TestContext) => {
  const [http2, channel, selectors, tenants, claim, interceptor, contract, ...rest] =
    snippetsOf("transports.md");
  assert.deepEqual(rest, []);

  const registered: { upstream: Upstream }[] = [];
  const register = (_plugin: unknown, options: { upstream: Upstream }) => registered.push(options);
  await http2?.({ app: { register }, grpcGateway: {} });
  const [{ upstream: target } = { upstream: "" }] = registered;
  await resolveUpstream(target, {}, {} as never).transport.close?.();

  const upstream = (await channel?.({ createChannelTransport, app: {} }, "upstream")) as Transport;
  upstream.close?.();

  const byPath = (await selectors?.({}, "byPath")) as (request: object) => unknown;
  assert.deepEqual(byPath({ url: "/acme/v1/items" }), { tenant: "acme", prefix: "/acme" });
  assert.equal(byPath({ url: "/v1/items" }), undefined);

  const changes: string[] = [];
  await tenants?.({
    app: {
      grpcGateway: () => ({
        tenants: {
          set: async (name: string, options: TenantOptions) => {
            checkTenant(name, options);
            changes.push(`set ${name}`);
          },
          stop: async (name: string, { drainMs, retryAfterS }: StopOptions) =>
            void changes.push(`stop ${name} ${drainMs} ${retryAfterS}`),
          start: (name: string) => void changes.push(`start ${name}`),
          delete: async (name: string) => void changes.push(`delete ${name}`),
        },
      }),
    },
  });
  assert.deepEqual(changes, [
    "set acme",
    "set beta",
    "stop acme 10000 30",
    "start acme",
    "delete acme",
  ]);

  const hooks: ((request: object) => Promise<void>)[] = [];
  await claim?.({ app: { addHook: (_name: string, hook: (typeof hooks)[0]) => hooks.push(hook) } });
  const confirmed: string[] = [];
  const rpc = { confirmTenant: (name: string) => void confirmed.push(name) };
  await hooks[0]?.({ jwtVerify: async () => {}, user: { tenant: "acme" }, rpc });
  assert.deepEqual(confirmed, ["acme"]);

  const logged: unknown[] = [];
  const transport = (await interceptor?.(
    {
      compose,
      upstream: createInProcessTransport(probeServer().server),
      console: { log: (line: unknown) => logged.push(line) },
    },
    "transport",
  )) as Transport;
  assert.deepEqual((await callUnary(transport, "x")).messages, ["x"]);
  assert.deepEqual(logged, ["/probe.Probe/Unary"]);

  let made: MakeTransport | undefined;
  await contract?.({
    ServerCredentials,
    createMyTransport: createChannelTransport,
    runTransportContract: (_name: string, makeTransport: MakeTransport) => {
      made = makeTransport;
    },
  });
  const reached = await made?.(t, probeServer().server);
  assert.deepEqual((await callUnary(reached as Transport, "y")).messages, ["y"]);
});
