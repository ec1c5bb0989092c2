#!/usr/bin/env -S node --conditions=@fastify-grpc/source --import tsx
/**
 * The program that protobuf's conformance test runner drives: length-prefixed
 * conformance.ConformanceRequest messages on stdin, ConformanceResponse messages on stdout.
 * The codec turns JSON into protobuf bytes and back; protobuf to protobuf and the text format are skipped.
 */
import { readFileSync, readSync, writeSync } from "node:fs";
import {
  createFileRegistry,
  type DescMessage,
  fromBinary,
  type Message,
  toBinary,
} from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createJsonCodec, JsonError } from "grpc-transcoding";
import { Unprintable } from "../../src/wire/malformed.ts";

const registry = createFileRegistry(
  fromBinary(
    FileDescriptorSetSchema,
    readFileSync(new URL("./test-messages.binpb", import.meta.url)),
  ),
);

/** Releases of the suite up to v36 want equal keys rejected, later ones take that or the last. */
const options = { naming: "json", emit: "set", enums: "name", duplicateKeys: "reject" } as const;
const strict = createJsonCodec(registry, { ...options, unknownFields: "reject" });
const lenient = createJsonCodec(registry, { ...options, unknownFields: "ignore" });

/** The numbers of conformance.WireFormat and conformance.TestCategory that matter here. */
const formatJson = 2;
const formatProtobuf = 1;
const ignoreUnknownTest = 3;

/** conformance.ConformanceRequest as protobuf-es reads it from its descriptor. */
interface Request extends Message {
  readonly payload: { readonly case?: string; readonly value?: string | Uint8Array };
  readonly requestedOutputFormat: number;
  readonly messageType: string;
  readonly testCategory: number;
}

/** The member of ConformanceResponse.result to set. */
type Result = readonly [field: string, value: string | Uint8Array];

function messageOf(typeName: string): DescMessage {
  const message = registry.getMessage(typeName);
  if (message === undefined) throw new Error(`no message ${typeName}`);
  return message;
}

const requestType = messageOf("conformance.ConformanceRequest");
const responseType = messageOf("conformance.ConformanceResponse");

function answer(request: Request): Result {
  // The runner's first request asks for the tests that are known to fail: none.
  if (request.messageType === "conformance.FailureSet")
    return ["protobufPayload", new Uint8Array()];
  const { payload, requestedOutputFormat: format } = request;
  const codec = request.testCategory === ignoreUnknownTest ? lenient : strict;
  const message = messageOf(request.messageType);
  let bytes: Uint8Array;
  if (payload.case === "jsonPayload") {
    if (format !== formatJson && format !== formatProtobuf) return ["skipped", "text format"];
    try {
      bytes = codec.textToWire(message)(Buffer.from(payload.value as string));
    } catch (error) {
      if (error instanceof JsonError) return ["parseError", error.message];
      throw error;
    }
    if (format === formatProtobuf) return ["protobufPayload", bytes];
  } else if (payload.case === "protobufPayload" && format === formatJson) {
    bytes = payload.value as Uint8Array;
  } else {
    return ["skipped", "not JSON"];
  }
  try {
    return ["jsonPayload", codec.toJson(message)(bytes).toString()];
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return [error.cause instanceof Unprintable ? "serializeError" : "parseError", error.message];
  }
}

function respond(requestBytes: Uint8Array): Uint8Array {
  let result: Result;
  try {
    result = answer(fromBinary(requestType, requestBytes) as Request);
  } catch (error) {
    result = ["runtimeError", error instanceof Error ? String(error.stack) : String(error)];
  }
  const response = reflect(responseType);
  const field = responseType.fields.find(({ localName }) => localName === result[0]);
  if (field === undefined) throw new Error(`no field ${result[0]}`);
  response.set(field, result[1]);
  return toBinary(responseType, response.message);
}

/** Reads exactly `length` bytes of stdin; undefined when it ends before the first. */
function read(length: number): Buffer | undefined {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(0, buffer, filled, length - filled, null);
    if (count === 0) {
      if (filled === 0) return undefined;
      throw new Error("stdin ends in the middle of a request");
    }
    filled += count;
  }
  return buffer;
}

for (;;) {
  const length = read(4);
  if (length === undefined) break;
  const size = length.readUInt32LE(0);
  const response = respond(size === 0 ? Buffer.alloc(0) : (read(size) as Buffer));
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32LE(response.length);
  for (let rest = Buffer.concat([prefix, response]); rest.length > 0; ) {
    rest = rest.subarray(writeSync(1, rest));
  }
}
