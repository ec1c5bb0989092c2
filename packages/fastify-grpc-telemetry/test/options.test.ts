import assert from "node:assert/strict";
import { test } from "node:test";
import Fastify from "fastify";
import grpcTelemetry, { type FastifyGrpcTelemetryOptions } from "fastify-grpc-telemetry";

const wrong: readonly [options: object, code: string, message: RegExp][] = [
  [{ spans: true }, "UNKNOWN_KEY", /option spans does not exist .*use one of gateways, traces/],
  [{ gateways: "default" }, "OPTION", /option gateways is "default": give a list/],
  [{ gateways: [""] }, "OPTION", /option gateways\[0\] is "": give a text/],
  [{ gateways: ["none"] }, "GATEWAY", /option gateways is "none": no gateway/],
  [{ traces: "yes" }, "OPTION", /option traces is "yes": give true or false/],
  [
    { trustInboundTrace: "all" },
    "OPTION",
    /option trustInboundTrace is "all": use true, false or "trace"/,
  ],
  [{ metrics: "on" }, "OPTION", /option metrics is "on": give an object/],
  [{ metrics: { port: 1 } }, "UNKNOWN_KEY", /option metrics.port does not exist/],
  [{ metrics: { path: "metrics" } }, "OPTION", /metrics.path is "metrics": give a path such as/],
  [{ metrics: { path: "/m", prometheus: false } }, "OPTION", /leave metrics.path out as well/],
  [{ metrics: { tenants: [1] } }, "OPTION", /metrics.tenants\[0\] is 1/],
  [{ accessLog: "info" }, "OPTION", /option accessLog is "info": give an object/],
  [{ accessLog: { level: "info" } }, "UNKNOWN_KEY", /option accessLog.level does not exist/],
  [{ accessLog: { headers: "a" } }, "OPTION", /option accessLog.headers is "a": give a list/],
  [
    { accessLog: { identity: "sub" } },
    "OPTION",
    /accessLog.identity is "sub": use true, false or "hash"/,
  ],
  [{ accessLog: { identity: "hash" } }, "OPTION", /give accessLog.hashKey as well/],
  [{ accessLog: { hashKey: "" } }, "OPTION", /accessLog.hashKey is ""/],
  [{ accessLog: { always: 1 } }, "OPTION", /accessLog.always is 1/],
];

for (const [options, code, message] of wrong) {
  test(`an app does not start with the options ${JSON.stringify(options)}`, async (t) => {
    const app = Fastify();
    t.after(() => app.close());
    const starting = async () => {
      await app.register(grpcTelemetry, options as FastifyGrpcTelemetryOptions);
      await app.ready();
    };
    await assert.rejects(starting, { code: `FST_GRPC_TELEMETRY_${code}`, message });
  });
}

test("each kind of telemetry can be switched off", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  await app.register(grpcTelemetry, { traces: false, metrics: false, accessLog: false });
  await app.ready();
});
