import { readFileSync } from "node:fs";
import {
  createFileRegistry,
  type DescMessage,
  type FileRegistry,
  fromBinary,
  fromJson,
  fromJsonString,
  toBinary,
  toJsonString,
} from "@bufbuild/protobuf";
import { createJsonCodec, type JsonCodec } from "grpc-transcoding";
import { compile } from "proto-to-descriptor";
import protobuf7 from "protobufjs";
import protobuf8 from "protobufjs8";
import protojson8 from "protobufjs8/ext/protojson.js";
import { requestGroups } from "./bindings.ts";
import { type Contender, measure } from "./measure.ts";
import { manyTypesProto, manyTypesShape, type Shape, shapes } from "./payloads.ts";

const manyTypes = manyTypesProto();
const sources: Record<string, string> = {
  "shapes.proto": readFileSync(new URL("./shapes.proto", import.meta.url), "utf8"),
  "many-types.proto": manyTypes,
};

/** One message type as each library knows it. */
interface Types {
  readonly registry: FileRegistry;
  readonly root7: protobuf7.Root;
  readonly root8: protobuf8.Root;
}

function loadTypes(): Types {
  const descriptors = compile({
    files: Object.keys(sources),
    includeDirs: [new URL("../../../packages/grpc-transcoding/proto", import.meta.url).pathname],
    readFile: (name) => sources[name],
  });
  const root7 = new protobuf7.Root();
  const root8 = new protobuf8.Root();
  for (const root of [root7, root8]) root.resolvePath = (_origin, target) => target;
  for (const [name, source] of Object.entries(sources)) {
    protobuf7.parse(source, root7);
    protobuf8.parse(source, root8);
    for (const common of commonsOf(name)) {
      root7.addJSON(common.nested as never);
      root8.addJSON(common.nested as never);
    }
  }
  root7.resolveAll();
  root8.resolveAll();
  return { registry: createFileRegistry(descriptors), root7, root8 };
}

function commonsOf(name: string): { nested?: unknown }[] {
  if (name !== "shapes.proto") return [];
  return ["duration", "timestamp", "wrappers"].map(
    (file) => protobuf7.common.get(`google/protobuf/${file}.proto`) as { nested?: unknown },
  );
}

/** Every shape through one codec before anything is measured: its code has then met all their types. */
function warmUp(types: Types, codec: JsonCodec, all: readonly Shape[]): void {
  for (let round = 0; round < 300; round++) {
    for (const { type, values } of all) {
      const message = types.registry.getMessage(type) as DescMessage;
      const value = values[round % values.length] as object;
      const text = Buffer.from(JSON.stringify(value));
      codec.toJson(message)(codec.textToWire(message)(text));
    }
  }
}

function benchmarkShape(types: Types, codec: JsonCodec, { name, type, values }: Shape): void {
  const message = types.registry.getMessage(type) as DescMessage;
  const texts = values.map((value) => JSON.stringify(value));
  const buffers = texts.map((text) => Buffer.from(text));
  const binaries = values.map((value) =>
    Buffer.from(toBinary(message, fromJson(message, value as never))),
  );
  const printed = binaries.map((bytes) =>
    JSON.parse(toJsonString(message, fromBinary(message, bytes), { alwaysEmitImplicit: true })),
  );
  const textToWire = codec.textToWire(message);
  const toJson = codec.toJson(message);
  const type7 = types.root7.lookupType(type);
  const type8 = types.root8.lookupType(type);
  const at = <T>(list: readonly T[], i: number): T => list[i % list.length] as T;

  const size = Math.round(texts.reduce((sum, { length }) => sum + length, 0) / texts.length);
  console.log(`\n${name}: ${size} characters of JSON`);
  report("JSON -> bytes", "JSON.parse", [
    { name: "JSON.parse", run: (i) => JSON.parse(at(texts, i)) },
    { name: "JSON.parse(buffer.toString())", run: (i) => JSON.parse(at(buffers, i).toString()) },
    { name: "grpc-transcoding", run: (i) => textToWire(at(buffers, i)) },
    { name: "protobuf-es", run: (i) => toBinary(message, fromJsonString(message, at(texts, i))) },
    {
      name: "protobufjs 7 fromObject",
      run: (i) => type7.encode(type7.fromObject(JSON.parse(at(texts, i)))).finish(),
    },
    {
      name: "protobufjs 8 protojson",
      run: (i) => type8.encode(protojson8.fromJsonString(type8, at(texts, i))).finish(),
    },
  ]);
  report("bytes -> JSON", "Buffer.from(JSON.stringify)", [
    {
      name: "Buffer.from(JSON.stringify)",
      run: (i) => Buffer.from(JSON.stringify(at(printed, i))),
    },
    { name: "grpc-transcoding", run: (i) => toJson(at(binaries, i)) },
    {
      name: "protobuf-es",
      run: (i) =>
        Buffer.from(
          toJsonString(message, fromBinary(message, at(binaries, i)), {
            alwaysEmitImplicit: true,
          }),
        ),
    },
    {
      name: "protobufjs 7 toObject",
      run: (i) =>
        Buffer.from(JSON.stringify(type7.toObject(type7.decode(at(binaries, i)), loaderOptions))),
    },
    {
      name: "protobufjs 8 protojson",
      run: (i) => Buffer.from(protojson8.toJsonString(type8, type8.decode(at(binaries, i)))),
    },
  ]);
}

/** What proto-loader users set to get JSON. */
const loaderOptions = { longs: String, enums: String, bytes: String, defaults: true };

/** Prints each contender's time and its ratio to the first; one that cannot do it at all says so. */
function report(title: string, floorName: string, contenders: readonly Contender[]): void {
  const able = contenders.filter(({ name, run }) => {
    try {
      run(0);
      return true;
    } catch (error) {
      console.log(`  ${title}, ${name}: fails (${(error as Error).message.slice(0, 60)})`);
      return false;
    }
  });
  const times = measure(able);
  const floor = times[0] as number;
  for (const [k, { name }] of able.entries()) {
    const time = times[k] as number;
    const ratio = (time / floor).toFixed(2);
    console.log(
      `  ${title.padEnd(14)} ${name.padEnd(30)} ${Math.round(time).toString().padStart(8)} ns  ${ratio.padStart(6)} x ${floorName}`,
    );
  }
}

/** Measures both directions of the JSON codec on several shapes of messages, and what path and query add. */
export async function run(): Promise<void> {
  const types = loadTypes();
  const codec = createJsonCodec(types.registry, {
    naming: "json",
    emit: "implicit",
    enums: "name",
    unknownFields: "reject",
  });
  const all = [...shapes, manyTypesShape(manyTypes)];
  warmUp(types, codec, all);
  for (const shape of all) benchmarkShape(types, codec, shape);
  for (const { name, contenders } of await requestGroups()) {
    console.log(`\nrequests, ${name}`);
    report("to bytes", (contenders[0] as Contender).name, contenders);
  }
}
