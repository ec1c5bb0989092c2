import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import {
  bundledProto,
  bundledProtoNames,
  compileRouteTable,
  createSchema,
  type GatewayEntry,
  type JsonOptions,
  type Schema,
} from "grpc-transcoding";

/** The codec's options of a gateway without any. */
export const standardJson: JsonOptions = {
  naming: "json",
  emit: "implicit",
  enums: "name",
  unknownFields: "reject",
};

/** The schema of some proto texts by file name. */
export function schemaOf(files: Readonly<Record<string, string>>): Schema {
  const dir = mkdtempSync(join(tmpdir(), "openapi-test-"));
  try {
    const bundled = bundledProtoNames.map((name) => [name, bundledProto(name) ?? ""] as const);
    for (const [name, text] of [...bundled, ...Object.entries(files)]) {
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), text);
    }
    const set = join(dir, "set.pb");
    const flags = ["--include_imports", "--include_source_info", `-I${dir}`, `-o${set}`];
    execFileSync("protoc", [...flags, ...Object.keys(files)]);
    return createSchema(fromBinary(FileDescriptorSetSchema, readFileSync(set)));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** A gateway as the registry has it, serving all bindings of a schema. */
export function gatewayOf(schema: Schema, members: Partial<GatewayEntry> = {}): GatewayEntry {
  const bindings = schema.services.flatMap(({ methods }) =>
    methods.flatMap((method) => method.bindings),
  );
  return {
    name: members.prefix ?? "",
    prefix: "",
    schema,
    bindings,
    table: compileRouteTable(bindings),
    json: standardJson,
    streamFormats: ["ndjson", "sse", "json-array"],
    errors: undefined,
    revision: 0,
    ...members,
  };
}

/** The text of the demo's library API. */
export const libraryProto: string = readFileSync(
  new URL("../../../proto/library/v1/library.proto", import.meta.url),
  "utf8",
);

/** The schema of the demo's library API. */
export const librarySchema: Schema = schemaOf({ "library/v1/library.proto": libraryProto });
