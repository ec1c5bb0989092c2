// `npm run bench` runs all benchmarks, `npm run bench -- request codec` those named.
const benchmarks: Record<string, () => Promise<{ run(): Promise<void> | void }>> = {
  request: () => import("./request/request.bench.ts"),
  schema: () => import("./schema/schema.bench.ts"),
  stream: () => import("./stream/stream.bench.ts"),
  codec: () => import("./codec/codec.bench.ts"),
  routing: () => import("./routing/routing.bench.ts"),
  transport: () => import("./transport/transport.bench.ts"),
  remote: () => import("./remote/remote.bench.ts"),
  errors: () => import("./errors/errors.bench.ts"),
  rest: () => import("./rest/rest.bench.ts"),
  policies: () => import("./policies/policies.bench.ts"),
  idempotency: () => import("./idempotency/idempotency.bench.ts"),
  telemetry: () => import("./telemetry/telemetry.bench.ts"),
  openapi: () => import("./openapi/openapi.bench.ts"),
  tenants: () => import("./tenants/tenants.bench.ts"),
};

const names = process.argv.slice(2);
for (const name of names) {
  if (!(name in benchmarks)) {
    throw new Error(`no benchmark ${name}; there are ${Object.keys(benchmarks).join(", ")}`);
  }
}
for (const name of names.length > 0 ? names : Object.keys(benchmarks)) {
  const { run } = await (benchmarks[name] as (typeof benchmarks)[string])();
  await run();
}
