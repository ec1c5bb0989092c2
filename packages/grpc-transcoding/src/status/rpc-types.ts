import { createFileRegistry } from "@bufbuild/protobuf";
import { compile } from "proto-to-descriptor";
import { bundledProto } from "../bundled/bundled-proto.ts";
import { createJsonCodec } from "../json/create-json-codec.ts";
import type { DetailJson, StatusDetail } from "../model/status.ts";
import { textMessageReader } from "./text-message-reader.ts";

/** A message of google/rpc/error_details.proto, compiled. */
export interface RpcType {
  readonly typeUrl: string;
  /** The bytes of a JSON value. Throws a JsonError for a value that is not the message. */
  readonly encode: (value: unknown) => Uint8Array;
  /**
   * A detail as JSON, canonical and without unset fields, whatever a gateway's own JSON looks like: these
   * types are a vocabulary that clients share. Throws a JsonError for bytes that are not the message.
   */
  readonly decode: (detail: StatusDetail) => DetailJson;
}

const protoFile = "google/rpc/error_details.proto";
const packagePrefix = "google.rpc.";
let made: ReadonlyMap<string, RpcType> | undefined;

/** By the name in its package: `"ErrorInfo"`. */
export function rpcType(name: string): RpcType | undefined {
  made ??= compileTypes();
  return made.get(name);
}

/** By full name: `"google.rpc.ErrorInfo"`. Undefined for a type of any other package. */
export function rpcTypeOf(typeName: string): RpcType | undefined {
  return typeName.startsWith(packagePrefix)
    ? rpcType(typeName.slice(packagePrefix.length))
    : undefined;
}

/** The full names of the messages in google/rpc/error_details.proto. */
export function rpcDetailTypes(): readonly string[] {
  made ??= compileTypes();
  return [...made.keys()].map((name) => `${packagePrefix}${name}`);
}

function compileTypes(): ReadonlyMap<string, RpcType> {
  const set = compile({ files: [protoFile], includeDirs: [], readFile: bundledProto });
  const registry = createFileRegistry(set);
  const codec = createJsonCodec(registry, {
    naming: "json",
    emit: "set",
    enums: "name",
    unknownFields: "reject",
  });
  const types = new Map<string, RpcType>();
  for (const message of registry.getFile(protoFile)?.messages ?? []) {
    const print = codec.toJson(message);
    const readText = textMessageReader(message);
    types.set(message.name, {
      typeUrl: `type.googleapis.com/${message.typeName}`,
      encode: codec.toWire(message),
      decode({ typeUrl, value }) {
        const detail = { "@type": typeUrl };
        if (readText?.(value, detail)) return detail;
        return { "@type": typeUrl, ...JSON.parse(print(value).toString()) };
      },
    });
  }
  return types;
}
