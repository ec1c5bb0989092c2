import Fastify from "fastify";
import grpcOpenapi, { buildDocument, lowerDocument } from "fastify-grpc-openapi";
import {
  compileRouteTable,
  createSchema,
  defaultErrorMapper,
  type GatewayEntry,
  gatewayRegistry,
  type Schema,
  streamEncoders,
} from "grpc-transcoding";
import { apiOf } from "./synthetic-api.ts";

const SIZES = [20, 500, 5000];
const ROUNDS = 5;
const REQUESTS = 100;

/** What it costs to make a document of 20, 500 and 5,000 methods, how big it is, and what serving it costs. */
export async function run(): Promise<void> {
  console.log(`\nopenapi: CPU time, best of ${ROUNDS}`);
  console.log("  methods   make ms  to 3.0 ms   JSON ms   YAML ms      KB  serve/bare   304 us");
  for (const methods of SIZES) {
    const schema = createSchema(apiOf(methods));
    const gateway = gatewayOf(schema);
    const made = best(() => buildDocument(gateway));
    const document = buildDocument(gateway);
    const lowered = best(() => lowerDocument(document, "3.0.3"));
    const json = best(() => JSON.stringify(document));
    const app = Fastify();
    await app.register(grpcOpenapi, { check: "off" });
    let bytes: Buffer = Buffer.alloc(0);
    app.get("/bare", (_request, reply) => reply.type("application/json").send(bytes));
    gatewayRegistry(app.server).add(gateway);
    const { rawPayload, headers } = await app.inject("/openapi.json");
    bytes = rawPayload;
    const yaml = methods > 500 ? Number.NaN : best(() => void app.grpcOpenapi.yaml(), 1);
    const bare = await perRequest(() => app.inject("/bare"));
    const served = await perRequest(() => app.inject("/openapi.json"));
    const etag = String(headers.etag);
    const unchanged = await perRequest(() =>
      app.inject({ url: "/openapi.json", headers: { "if-none-match": etag } }),
    );
    await app.close();
    const cells = [
      String(methods).padStart(9),
      ...[made, lowered, json, yaml].map((ms) =>
        (Number.isNaN(ms) ? "-" : ms.toFixed(1)).padStart(10),
      ),
      (rawPayload.length / 1024).toFixed(0).padStart(8),
      (served / bare).toFixed(2).padStart(12),
      unchanged.toFixed(0).padStart(9),
    ];
    console.log(cells.join(""));
  }
}

function gatewayOf(schema: Schema): GatewayEntry {
  const bindings = schema.services.flatMap(({ methods }) =>
    methods.flatMap((method) => method.bindings),
  );
  return {
    name: "",
    prefix: "",
    schema,
    bindings,
    table: compileRouteTable(bindings),
    json: { naming: "json", emit: "implicit", enums: "name", unknownFields: "reject" },
    streamEncoders: streamEncoders(),
    errors: defaultErrorMapper,
    revision: 0,
  };
}

function best(work: () => unknown, rounds = ROUNDS): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

/** Microseconds of CPU per request, `inject` included. */
async function perRequest(send: () => PromiseLike<unknown>): Promise<number> {
  for (let warm = 0; warm < 10; warm += 1) await send();
  const before = process.cpuUsage();
  for (let count = 0; count < REQUESTS; count += 1) await send();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / REQUESTS;
}
