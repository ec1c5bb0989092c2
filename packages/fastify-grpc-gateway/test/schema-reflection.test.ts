import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServiceDefinition,
} from "@grpc/grpc-js";
import { loadSync, type PackageDefinition } from "@grpc/proto-loader";
import { ReflectionService } from "@grpc/reflection";
import { loadSchema, type Schema, type SchemaProblem, type Transport } from "grpc-transcoding";
import { createChannelTransport } from "../src/transport/channel.ts";

/** The include dir of the bundled protos, for proto-loader. */
const bundledDir = fileURLToPath(
  new URL("../../..", import.meta.resolve("grpc-transcoding/proto/grpc/health/v1/health.proto")),
);

const source = `syntax = "proto3";
package lamp.v1;
import "google/api/annotations.proto";
import "google/protobuf/timestamp.proto";
service Lamps {
  rpc Get(GetLampRequest) returns (Lamp) { option (google.api.http) = { get: "/v1/{name=lamps/*}" }; }
}
message GetLampRequest { string name = 1; }
message Lamp {
  string name = 1;
  google.protobuf.Timestamp switched_on = 2;
  map<string, Bulb> bulbs = 3;
  message Bulb { optional int32 watt = 1; }
}`;

function lampProto(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), "schema-reflection-"));
  t.after(() => rmSync(dir, { recursive: true }));
  const path = join(dir, "lamp.proto");
  writeFileSync(path, source);
  return path;
}

function definitionOf(path: string): PackageDefinition {
  return loadSync(path, { includeDirs: [bundledDir, dirname(path)] });
}

async function serve(t: TestContext, addServices: (server: Server) => void): Promise<Transport> {
  const server = new Server();
  addServices(server);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  const transport = createChannelTransport(`127.0.0.1:${port}`);
  t.after(() => {
    void transport.close?.();
    server.forceShutdown();
  });
  return transport;
}

interface ReflectionRequest {
  readonly listServices?: string;
  readonly fileContainingSymbol?: string;
  readonly fileByFilename?: string;
}

/** Reflection as Go and Java servers have it: the files of the compiler, with all options. */
function addReflection(server: Server, version: "v1" | "v1alpha", schema: Schema): void {
  const path = join(bundledDir, `grpc/reflection/${version}/reflection.proto`);
  const service = definitionOf(path)[`grpc.reflection.${version}.ServerReflection`];
  const fileOf = (request: ReflectionRequest) =>
    request.fileByFilename === undefined
      ? schema.registry.getService(request.fileContainingSymbol ?? "")?.file
      : schema.registry.getFile(request.fileByFilename);
  server.addService(service as ServiceDefinition, {
    ServerReflectionInfo(call: ServerDuplexStream<ReflectionRequest, object>) {
      call.on("data", (request: ReflectionRequest) => {
        if (request.listServices !== undefined) {
          const names = schema.services.map(({ name }) => ({ name }));
          return call.write({ listServicesResponse: { service: names } });
        }
        const file = fileOf(request);
        if (file === undefined) return call.write({ errorResponse: { errorCode: 5 } });
        const bytes = Buffer.from(toBinary(FileDescriptorProtoSchema, file.proto));
        return call.write({ fileDescriptorResponse: { fileDescriptorProto: [bytes] } });
      });
      call.on("end", () => call.end());
    },
  });
}

for (const version of ["v1", "v1alpha"] as const) {
  test(`a live server with reflection ${version} gives the schema of its sources`, async (t) => {
    const original = await loadSchema({ proto: lampProto(t) });
    const reflection = await serve(t, (server) => addReflection(server, version, original));
    const warnings: SchemaProblem[] = [];
    const schema = await loadSchema(
      { reflection },
      { onWarning: (warning) => warnings.push(warning) },
    );
    assert.deepEqual(warnings, []);
    const [method] = schema.services[0]?.methods ?? [];
    assert.equal(method?.path, "/lamp.v1.Lamps/Get");
    assert.deepEqual(
      method.bindings.map(({ httpMethod, template }) => [httpMethod, template.text]),
      [["GET", "/v1/{name=lamps/*}"]],
    );
  });
}

test("a live grpc-js server of proto-loader gives its messages, and a warning that it has no annotations", async (t) => {
  const definition = definitionOf(lampProto(t));
  const reflection = await serve(t, (server) => {
    server.addService(definition["lamp.v1.Lamps"] as ServiceDefinition, { Get() {} });
    new ReflectionService(definition).addToServer(server);
  });
  const warnings: string[] = [];
  const schema = await loadSchema(
    { reflection },
    { onWarning: ({ message }) => warnings.push(message) },
  );
  assert.deepEqual(
    schema.services.map(({ name, methods }) => [name, methods.map(({ bindings }) => bindings)]),
    [["lamp.v1.Lamps", [[]]]],
  );
  const lamp = schema.registry.getMessage("lamp.v1.Lamp") ?? assert.fail();
  assert.deepEqual(
    lamp.fields.map(({ jsonName, fieldKind, message }) => [jsonName, fieldKind, message?.typeName]),
    [
      ["name", "scalar", undefined],
      ["switchedOn", "message", "google.protobuf.Timestamp"],
      ["bulbs", "map", "lamp.v1.Lamp.Bulb"],
    ],
  );
  assert.equal(warnings.length, 1);
  assert.match(warnings.join(), /lamp\.v1\.Lamps: .*no google\.api\.http annotations.*pass proto/);
});

test("a live server without reflection is told with what to do", async (t) => {
  const reflection = await serve(t, () => {});
  await assert.rejects(loadSchema({ reflection }), /the server offers no reflection: add it there/);
});

test("a server that is not there ends the loading", async () => {
  const reflection = createChannelTransport("127.0.0.1:1");
  await assert.rejects(loadSchema({ reflection }), /cannot be loaded: UNAVAILABLE: /);
  await reflection.close?.();
});

test("a PackageDefinition is refused with what to pass instead", async (t) => {
  const definition = definitionOf(lampProto(t));
  for (const source of [
    definition,
    { schema: definition },
    { schema: definition["lamp.v1.Lamps"] },
  ]) {
    await assert.rejects(loadSchema(source as never), /pass \{ proto, includeDirs \}/);
  }
});
