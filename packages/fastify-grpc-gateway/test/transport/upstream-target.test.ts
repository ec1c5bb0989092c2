import assert from "node:assert/strict";
import { test } from "node:test";
import { credentials } from "@grpc/grpc-js";
import { resolveUpstream } from "../../src/transport/upstream.ts";
import { remoteTransportOf, type UpstreamTarget } from "../../src/transport/upstream-target.ts";

const target = "127.0.0.1:1";

const chosen: readonly (readonly [UpstreamTarget, "http2" | "grpc-js"])[] = [
  [{ target }, "http2"],
  [{ target, tls: true, idleMs: 1_000 }, "http2"],
  [{ target, maxResponseBytes: 10 }, "http2"],
  [{ target, credentials: credentials.createInsecure() }, "grpc-js"],
  [{ target, channelOptions: {} }, "grpc-js"],
  [{ target, serviceConfig: {} }, "grpc-js"],
  [{ target, channels: 2 }, "grpc-js"],
  [{ target: "xds:///library" }, "grpc-js"],
  [{ target, transport: "grpc-js" }, "grpc-js"],
  [{ target, transport: "http2" }, "http2"],
];

for (const [upstream, transport] of chosen) {
  test(`an upstream with ${Object.keys(upstream).join(", ")} goes over ${transport}`, () => {
    assert.equal(remoteTransportOf(upstream), transport);
  });
}

const refused: readonly (readonly [UpstreamTarget, RegExp])[] = [
  [
    { target, tls: true, channels: 2 },
    /"tls" is an option of transport "http2", and the transport is "grpc-js" \(because of "channels"\)/,
  ],
  [
    { target, transport: "http2", serviceConfig: {} },
    /"serviceConfig" is an option of transport "grpc-js", and the transport is "http2"/,
  ],
  [
    { target, transport: "grpc-js", idleMs: 1 },
    /"idleMs" is an option of transport "http2", and the transport is "grpc-js"/,
  ],
  [{ target: "library:port" }, /the target "library:port" cannot be used: write "host:port"/],
  [{ target, tls: { caFile: "/no/such/file" } }, /option "tls" cannot be used: ENOENT/],
];

for (const [upstream, message] of refused) {
  test(`an upstream with ${Object.keys(upstream).join(", ")} that does not fit is refused`, () => {
    assert.throws(() => resolveUpstream(upstream, {}, {} as never), {
      code: "FST_GRPC_OPTION",
      message,
    });
  });
}
