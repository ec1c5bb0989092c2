import { readFileSync } from "node:fs";
import {
  bundledProto,
  compileRouteTable,
  createSchema,
  type GatewayEntry,
  type JsonOptions,
  type Schema,
  streamEncoders,
} from "grpc-transcoding";
import { compile } from "proto-to-descriptor";

/** The codec's options of a gateway without any. */
export const standardJson: JsonOptions = {
  naming: "json",
  emit: "implicit",
  enums: "name",
  unknownFields: "reject",
};

/** The schema of some proto texts by import name, which may import the bundled files. */
export function schemaOf(files: Readonly<Record<string, string>>): Schema {
  const set = compile({
    files: Object.keys(files),
    includeDirs: [],
    readFile: (name) => files[name] ?? bundledProto(name),
    sourceInfo: true,
  });
  return createSchema(set);
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
    streamEncoders: streamEncoders(),
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
