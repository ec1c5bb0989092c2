import { createFileRegistry, type DescMessage } from "@bufbuild/protobuf";
import { compile } from "proto-to-descriptor";
import { bundledProto } from "../bundled/bundled-proto.ts";
import { createJsonCodec } from "../json/create-json-codec.ts";
import type { JsonCodec } from "../json/json-codec.ts";

/** The bundled detail types of google.rpc with a codec for them. */
export interface RpcCodec {
  readonly codec: JsonCodec;
  /** By full name: `"google.rpc.ErrorInfo"`. */
  message(typeName: string): DescMessage | undefined;
}

let made: RpcCodec | undefined;

/**
 * The codec of google/rpc/error_details.proto. Its JSON is canonical and leaves unset fields out,
 * whatever a gateway's own JSON looks like: these types are a vocabulary that clients share.
 */
export function rpcCodec(): RpcCodec {
  made ??= makeRpcCodec();
  return made;
}

function makeRpcCodec(): RpcCodec {
  const files = ["google/rpc/error_details.proto"];
  const set = compile({ files, includeDirs: [], readFile: bundledProto });
  const registry = createFileRegistry(set);
  const codec = createJsonCodec(registry, {
    naming: "json",
    emit: "set",
    enums: "name",
    unknownFields: "reject",
  });
  return { codec, message: (typeName) => registry.getMessage(typeName) };
}
