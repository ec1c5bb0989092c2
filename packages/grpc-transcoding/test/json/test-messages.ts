import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  createFileRegistry,
  type DescMessage,
  type FileRegistry,
  fromBinary,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createJsonCodec, type JsonCodec, JsonError, type JsonOptions } from "grpc-transcoding";

/** The messages of protobuf's conformance suite: every type of field in proto2, proto3 and editions. */
export const registry: FileRegistry = createFileRegistry(
  fromBinary(
    FileDescriptorSetSchema,
    readFileSync(new URL("../conformance/test-messages.binpb", import.meta.url)),
  ),
);

export function messageNamed(typeName: string): DescMessage {
  const message = registry.getMessage(typeName);
  if (message === undefined) throw new Error(`no message ${typeName}`);
  return message;
}

export const proto2: DescMessage = messageNamed("protobuf_test_messages.proto2.TestAllTypesProto2");
export const proto3: DescMessage = messageNamed("protobuf_test_messages.proto3.TestAllTypesProto3");
export const editions: DescMessage = messageNamed(
  "protobuf_test_messages.editions.TestAllTypesEdition2023",
);

/** A codec over the test messages that prints what is set. */
export function testCodec(options: Partial<JsonOptions> = {}): JsonCodec {
  return createJsonCodec(registry, {
    naming: "json",
    emit: "set",
    enums: "name",
    unknownFields: "reject",
    ...options,
  });
}

const codec = testCodec();

/** JSON text to protobuf bytes. */
export function toWire(message: DescMessage, text: string, using: JsonCodec = codec): Buffer {
  return using.textToWire(message)(Buffer.from(text));
}

/** Protobuf bytes to JSON text. */
export function toJson(message: DescMessage, bytes: Uint8Array, using: JsonCodec = codec): string {
  return using.toJson(message)(bytes).toString();
}

/** Bytes from their hex digits, with spaces where they help. */
export function bytes(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(" ", ""), "hex");
}

/** `path: description` of all that a {@link JsonError} says; fails if none is thrown. */
export function violationsOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof JsonError);
    return error.violations.map(({ path, description }) => `${path}: ${description}`);
  }
  assert.fail("nothing was thrown");
}
