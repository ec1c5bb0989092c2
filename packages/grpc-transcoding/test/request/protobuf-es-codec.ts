import {
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  type Registry,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { type JsonCodec, JsonError, type JsonOptions } from "../../src/json/json-codec.ts";

/** A codec by @bufbuild/protobuf: what the transcoder's tests expect does not hang on this package's own. */
export function protobufEsCodec(registry: Registry, options: Partial<JsonOptions> = {}): JsonCodec {
  const ignoreUnknownFields = options.unknownFields === "ignore";

  function guarded<A, R>(run: (input: A) => R): (input: A) => R {
    return (input) => {
      try {
        return run(input);
      } catch (cause) {
        throw new JsonError([{ path: "", description: String(cause) }], { cause });
      }
    };
  }

  const toJsonText = (message: DescMessage, bytes: Uint8Array) =>
    toJson(message, fromBinary(message, bytes), { registry });

  return {
    options: {
      naming: "json",
      emit: "set",
      enums: "name",
      unknownFields: options.unknownFields ?? "reject",
    },
    parse: guarded((text) => JSON.parse(Buffer.from(text).toString())),
    toWire: (message) =>
      guarded((value) => {
        const decoded = fromJson(message, value as JsonValue, { registry, ignoreUnknownFields });
        return Buffer.from(toBinary(message, decoded));
      }),
    toJson: (message) => (bytes) => Buffer.from(JSON.stringify(toJsonText(message, bytes))),
    fieldToJson: (field) => (bytes) => {
      const value = Object(toJsonText(field.parent, bytes));
      return Buffer.from(JSON.stringify(value[field.jsonName] ?? null));
    },
  };
}
