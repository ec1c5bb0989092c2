import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import {
  HttpRuleError,
  JsonError,
  loadSchema,
  type Schema,
  SchemaError,
  StatusError,
} from "grpc-transcoding";
import { Random } from "../../json/differential/random-json.ts";
import { reflectionTransport } from "../reflection/reflection-server.ts";
import { exercise } from "./exercise.ts";
import { mutate } from "./mutant.ts";

// The full run: MALFORMED_DESCRIPTOR_SETS=20000 npm test -w packages/grpc-transcoding
const count = Number(process.env.MALFORMED_DESCRIPTOR_SETS ?? 200);

const seeds = [
  "../fixtures/library.binpb",
  "../../protos/library.binpb",
  "../../protos/search.binpb",
].map((path) => new Uint8Array(readFileSync(new URL(path, import.meta.url))));

function check(schema: Schema): void {
  try {
    exercise(schema, (request) => {
      try {
        request();
      } catch (error) {
        if (!(error instanceof StatusError || error instanceof JsonError)) throw error;
      }
    });
  } catch (error) {
    if (!(error instanceof HttpRuleError)) throw error;
  }
}

/** The answers of a server whose descriptors these bytes are; those of one file, where they are no set. */
function served(bytes: Uint8Array): readonly Uint8Array[] {
  try {
    const { file } = fromBinary(FileDescriptorSetSchema, bytes);
    return file.map((one) => toBinary(FileDescriptorProtoSchema, one));
  } catch {
    return [bytes];
  }
}

const services = ["library.v1.Library", "vec.dev.Search"].map((name) => ({ name }));

function reflection(bytes: Uint8Array) {
  const fileDescriptorProto = [...served(bytes)];
  return reflectionTransport((kind) =>
    kind === "listServices"
      ? { messageResponse: { case: "listServicesResponse", value: { service: services } } }
      : {
          messageResponse: { case: "fileDescriptorResponse", value: { fileDescriptorProto } },
        },
  );
}

for (const origin of ["descriptorSet", "reflection"] as const) {
  const runs = origin === "descriptorSet" ? count : count / 4;
  test(`of ${runs} damaged sets (${origin}), each is a SchemaError or can be used`, async () => {
    let loaded = 0;
    for (let i = 0; i < runs; i++) {
      const bytes = mutate(seeds, new Random(i));
      try {
        const source =
          origin === "reflection" ? { reflection: reflection(bytes) } : { descriptorSet: bytes };
        check(await loadSchema(source));
        loaded += 1;
      } catch (error) {
        if (error instanceof SchemaError && error.problems.every(isTold)) continue;
        throw new Error(`the damaged set ${i} ends in another error`, { cause: error });
      }
    }
    // Were all of them refused, nothing would be seen of their use.
    assert.ok(loaded > runs / 10 && loaded < runs, `${loaded} loaded`);
  });
}

function isTold({ message }: { message: string }): boolean {
  return message !== "" && !/undefined|\[object/.test(message);
}
