import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { type TestContext, test } from "node:test";
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from "fastify";
import grpcErrors from "fastify-grpc-errors";
import grpcGateway, { type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";
import grpcOpenapi from "fastify-grpc-openapi";
import { loadSchema, type Schema } from "grpc-transcoding";
import { protoDir } from "../../src/service-server.ts";
import { documentValidator, type Judge } from "./document-validator.ts";
import { createRandom, type Random } from "./random.ts";
import { randomRequest } from "./random-request.ts";
import { failKey, randomTransport } from "./random-transport.ts";
import type { Schema as Json } from "./random-value.ts";

// Real HTTP answers of the gateway against the document that it serves: a difference is a bug.

const google = dirname(createRequire(import.meta.url).resolve("google-proto-files/package.json"));

const apis: Readonly<Record<string, { readonly proto: string; readonly includeDirs?: string[] }>> =
  {
    "the demo's": { proto: protoDir },
    "pubsub's": { proto: `${google}/google/pubsub/v1/pubsub.proto`, includeDirs: [google] },
    "kms's": { proto: `${google}/google/cloud/kms/v1/service.proto`, includeDirs: [google] },
    "logging's": { proto: `${google}/google/logging/v2/*.proto`, includeDirs: [google] },
  };

const optionSets: Readonly<Record<string, Partial<FastifyGrpcGatewayOptions>>> = {
  standard: {},
  "proto names": { json: { naming: "proto" } },
  "set fields only": { json: { emit: "set" } },
  "nulls for unset": { json: { emit: "all" } },
  "enum numbers": { json: { enums: "number" } },
  "grpc-gateway preset": { preset: "grpc-gateway" },
};

/** Requests per operation and option set. */
const rounds = 2;

for (const [api, { proto, includeDirs = [] }] of Object.entries(apis)) {
  for (const [set, options] of Object.entries(optionSets)) {
    test(`tells the truth about ${api} API: ${set}`, async (t) => {
      const schema = await schemaOf(proto, includeDirs);
      const random = createRandom(20_260_101);
      const app = await appOf(t, schema, options, random);
      const document = app.grpcOpenapi.document();
      const judge = documentValidator(document);
      for (const [path, item] of Object.entries(document.paths)) {
        for (const [method, operation] of Object.entries(item)) {
          for (let round = 0; round < rounds; round += 1) {
            const { responses } = operation as Json;
            const status = successOf(responses);
            // What has no body is judged by its status alone.
            for (const accept of Object.keys(responses[status].content ?? { "*/*": {} })) {
              const request = randomRequest(document, path, method, operation as Json, random);
              const response = await app.inject({
                ...request,
                headers: { ...request.headers, ...requiredHeaders(operation as Json), accept },
              });
              const what = `${request.method} ${request.url} ${request.payload ?? ""}`;
              const told = `${what}: ${response.body.slice(0, 300)}`;
              assert.equal(response.statusCode, Number(status), told);
              judgeHeaders(response, responses[status], what);
              judgeResponse(response, status, [path, method], operation as Json, judge, what);
            }
          }
        }
      }
    });
  }
}

for (const body of ["status", "google", "problem", "auto"] as const) {
  test(`tells the truth about declared errors in the format ${body}`, async (t) => {
    const schema = await schemaOf(protoDir, []);
    const random = createRandom(7);
    // An injected request has no answer when that breaks off.
    const app = await appOf(t, schema, { streaming: { onError: "end" } }, random, { body });
    const document = app.grpcOpenapi.document();
    const judge = documentValidator(document);
    let declared = 0;
    for (const [path, item] of Object.entries(document.paths)) {
      for (const [method, value] of Object.entries(item)) {
        const operation = value as Json;
        const name = [operation["x-grpc-method"]].flat()[0].split("/");
        const rpc = schema.services
          .find((service) => service.name === name[0])
          ?.methods.find((one) => one.name === name[1]);
        // A file that fails breaks off: there is nothing in it to judge.
        if (rpc?.serverStreaming && "*/*" in operation.responses["200"].content) continue;
        for (const [index, error] of (rpc?.errors ?? []).entries()) {
          const request = randomRequest(document, path, method, operation, random);
          const headers = { ...request.headers, [failKey]: String(index) };
          const response = await app.inject({ ...request, headers });
          if (rpc?.serverStreaming) {
            assert.equal(response.statusCode, 200);
            judgeResponse(response, "200", [path, method], operation, judge, path);
            continue;
          }
          const status = String(response.statusCode);
          const cases = operation.responses[status]?.["x-google-errors"] as Json[];
          assert.ok(
            cases?.some(({ code, reason = "" }) => code === error.code && reason === error.reason),
            `${path}: ${error.code} ${error.reason} is answered as ${status}`,
          );
          judgeResponse(response, status, [path, method], operation, judge, path);
          declared += 1;
        }
      }
    }
    assert.ok(declared > 10);
  });
}

test("tells the truth about refused requests", async (t) => {
  const schema = await schemaOf(protoDir, []);
  const app = await appOf(t, schema, {}, createRandom(1));
  const document = app.grpcOpenapi.document();
  const judge = documentValidator(document);
  const response = await app.inject("/v1/shelves?page_size=many&other=1");
  assert.equal(response.statusCode, 400);
  const operation = document.paths["/v1/shelves"]?.get as Json;
  judgeResponse(response, "400", ["/v1/shelves", "get"], operation, judge, "/v1/shelves");
});

const schemas = new Map<string, Promise<Schema>>();

function schemaOf(proto: string, includeDirs: string[]): Promise<Schema> {
  const known = schemas.get(proto) ?? loadSchema({ proto, includeDirs });
  schemas.set(proto, known);
  return known;
}

async function appOf(
  t: TestContext,
  schema: Schema,
  options: Partial<FastifyGrpcGatewayOptions>,
  random: Random,
  errors: Parameters<typeof grpcErrors>[1] = {},
): Promise<FastifyInstance> {
  const app = Fastify();
  t.after(() => app.close());
  await app.register(grpcErrors, errors);
  await app.register(grpcOpenapi, { openapi: "3.1.0" });
  await app.register(grpcGateway, {
    ...options,
    schema,
    upstream: randomTransport(schema, random),
    headers: { request: { allow: [failKey] } },
  });
  await app.ready();
  return app;
}

/** The status of an operation's plain success. */
function successOf(responses: Json): string {
  return Object.keys(responses).find((status) => status.startsWith("2")) ?? "200";
}

/** Headers without which a request is refused. */
function requiredHeaders({ parameters = [], responses }: Json): Record<string, string> {
  const required = (parameters as Json[]).filter((one) => one.in === "header" && one.required);
  return {
    ...Object.fromEntries(required.map(({ name }) => [name, "1"])),
    ...("428" in responses && { "if-match": '"1"' }),
  };
}

/** Headers of HTTP itself, which a document has no need to tell. */
const plainHeaders: ReadonlySet<string> = new Set(
  "content-type content-length transfer-encoding connection date vary trailer".split(" "),
);

function judgeHeaders(response: LightMyRequestResponse, told: Json, what: string): void {
  const names = Object.keys(told.headers ?? {}).map((name) => name.toLowerCase());
  for (const name of Object.keys(response.headers)) {
    assert.ok(names.includes(name) || plainHeaders.has(name), `${what}: ${name} is not documented`);
  }
}

/** Judges a response by the media type that it has. */
function judgeResponse(
  response: LightMyRequestResponse,
  status: string,
  [path, method]: readonly [string, string],
  operation: Json,
  judge: Judge,
  what: string,
): void {
  const [type = ""] = String(response.headers["content-type"]).split(";");
  const { content } = operation.responses[status];
  if (content === undefined) assert.equal(response.body, "", what);
  if (content === undefined || "*/*" in content) return;
  const media = content[type];
  assert.ok(media, `${what}: ${status} ${type} is not documented, only ${Object.keys(content)}`);
  // A file is bytes.
  if (!type.endsWith("json") && !media["x-stream"]) return;
  const place = ["paths", path, method, "responses", status, "content", type, "schema"];
  for (const value of itemsOf(response.body, media["x-stream"]?.framing)) {
    const wrong = judge(place, JSON.parse(value));
    assert.equal(wrong, undefined, `${what}: ${value.slice(0, 500)}`);
  }
}

/** The JSON texts of a body: the lines or events of a stream, or the body itself. */
function itemsOf(body: string, framing: string | undefined): string[] {
  if (framing === "sse") return [...body.matchAll(/^data: (.*)$/gm)].map(([, data = ""]) => data);
  return framing === "ndjson" ? body.trim().split("\n") : [body];
}
