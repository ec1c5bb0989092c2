import assert from "node:assert/strict";
import { test } from "node:test";
import {
  compileRequestMetadata,
  compileResponseHeaders,
  compose,
  type HeaderRules,
  type Transport,
} from "grpc-transcoding";
import { createChannelTransport } from "../../src/transport/channel.ts";
import { createInProcessTransport } from "../../src/transport/in-process.ts";
import { probeServer } from "../transport/probe-service.ts";
import { callUnary } from "../transport/recorded-call.ts";
import { snippetsOf } from "./snippets.ts";

test("the examples of docs/transports.md run", async () => {
  const [channel, rules, ownMetadata, interceptor, ...rest] = snippetsOf("transports.md");
  assert.deepEqual(rest, []);

  const upstream = (await channel?.({ createChannelTransport, app: {} }, "upstream")) as Transport;
  upstream.close?.();

  const headers = (await rules?.({}, "headers")) as Record<"request" | "response", HeaderRules>;
  const metadata = compileRequestMetadata("standard", headers.request);
  assert.deepEqual(
    metadata({
      headers: { "x-acme-a": "1", "x-acme-internal": "2", "x-tenant-id": "red", "x-b": "3" },
      rawHeaders: [],
    }),
    [
      ["x-acme-a", "1"],
      ["tenant", "red"],
    ],
  );
  const responseHeaders = compileResponseHeaders("standard", headers.response);
  assert.deepEqual(
    { ...responseHeaders([["content-disposition", "attachment"]]) },
    {
      "content-disposition": "attachment",
    },
  );

  const entriesOf = (await ownMetadata?.({}, "metadata")) as (request: object) => unknown;
  assert.deepEqual(entriesOf({ user: { id: "alice" } }), [["x-user-id", "alice"]]);
  assert.equal(entriesOf({}), undefined);

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
});
