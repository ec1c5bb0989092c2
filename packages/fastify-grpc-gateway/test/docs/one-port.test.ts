import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import Fastify from "fastify";
import grpcGateway, { refuse } from "fastify-grpc-gateway";
import { Code } from "grpc-transcoding";
import { callUnary, probeServer } from "grpc-transcoding/testing";
import { attachGrpcServer } from "../../src/native/attach-grpc-server.ts";
import { plain } from "../one-port/server-shapes.ts";
import { transportTo } from "../one-port/split-app.ts";
import { snippetsOf } from "./snippets.ts";

test("the examples of docs/one-port.md run", async (t) => {
  const [attach, limit, bounds, ...rest] = snippetsOf("one-port.md");
  assert.deepEqual(rest, []);
  const app = Fastify();
  t.after(() => app.close());
  const { server } = probeServer();
  const detach = (await attach?.(
    { attachGrpcServer, app, adminServer: server },
    "detach",
  )) as () => void;
  await app.listen({ port: 0, host: "127.0.0.1" });
  const transport = transportTo(t, plain, (app.server.address() as AddressInfo).port);
  assert.equal((await callUnary(transport, "x")).status.code, Code.OK);
  detach();

  let left = 1;
  const bucket = { take: () => left-- > 0 };
  await limit?.({ attachGrpcServer, refuse, app, server, bucket });
  assert.equal((await callUnary(transport, "x")).status.code, Code.OK);
  const refused = await callUnary(transport, "x");
  assert.equal(refused.status.message, "too many calls");

  const other = Fastify();
  t.after(() => other.close());
  const { shopProto: proto, shopServer } = await import("../shop.ts");
  await bounds?.({ app: other, grpcGateway, proto, upstream: await shopServer() });
});
