import { BinaryWriter } from "@bufbuild/protobuf/wire";
import {
  collectBindings,
  compileRouteTable,
  compileTranscoder,
  createJsonCodec,
  type Schema,
} from "grpc-transcoding";
import { findRouteConflicts } from "grpc-transcoding/internal";

const options = {
  naming: "json",
  emit: "all",
  enums: "name",
  unknownFields: "reject",
} as const;

/**
 * Does with a schema what a gateway does at its start, for each of its methods, and hands the requests
 * and responses that follow to `use`: small ones of each binding, and values in each field of each message.
 */
export function exercise(schema: Schema, use: (request: () => unknown) => void): void {
  const { bindings } = collectBindings(schema, { generateUnboundMethods: true });
  findRouteConflicts([{ name: "a", routes: bindings }]);
  const table = compileRouteTable(bindings);
  const codec = createJsonCodec(schema.registry, options);
  for (const binding of bindings) {
    const transcoder = compileTranscoder(binding, { codec, textDialect: "go" });
    const captures = binding.template.variables.map(() => "1");
    use(() => table.match(binding.httpMethod, "/v1/a"));
    use(() => transcoder.decodeRequest(captures, "", Buffer.from("{}")));
    use(() => transcoder.decodeRequest(captures, "a.b=1", Buffer.alloc(0)));
    use(() => transcoder.encodeResponse(Buffer.alloc(0)));
    use(() => transcoder.responseContentType(Buffer.alloc(0)));
  }
  for (const message of schema.registry) {
    if (message.kind !== "message" || isOfDescriptors(message.typeName)) continue;
    const values = message.fields.map(({ jsonName }) => JSON.stringify(jsonName));
    const wire = new BinaryWriter();
    for (const { number } of message.fields) wire.tag(number, 2).bytes(Buffer.alloc(0));
    for (const value of ["1", "[{}]", "{}", '{"1":"a"}']) {
      const text = Buffer.from(`{${values.map((key) => `${key}:${value}`).join()}}`);
      use(() => codec.textToWire(message)(text));
    }
    use(() => codec.toJson(message)(wire.finish()));
  }
}

/** The larger part of most sets, and the same in all. */
function isOfDescriptors(typeName: string): boolean {
  return /^google\.(protobuf\.(.*(Descriptor|Options|Feature|Source|Generated))|api\.Http)/.test(
    typeName,
  );
}
