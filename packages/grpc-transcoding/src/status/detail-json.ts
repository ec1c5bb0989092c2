import { createRegistry } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import { createJsonCodec } from "../json/create-json-codec.ts";
import type { JsonOptions } from "../json/json-codec.ts";
import type { Schema } from "../model/schema.ts";
import type { DetailJson, StatusDetail } from "../model/status.ts";
import type { ErrorInfo } from "./error-details.ts";
import { rpcTypeOf } from "./rpc-types.ts";

/** Where the types of details come from, and how those that are not google.rpc's are printed. */
export interface DetailTypes {
  readonly schema?: Schema;
  readonly json?: JsonOptions;
}

const canonical: JsonOptions = {
  naming: "json",
  emit: "implicit",
  enums: "name",
  unknownFields: "reject",
};

/**
 * One detail as JSON: by the bundled google.rpc types, or by the schema's own. Never throws:
 * `{"@type", "value": base64}` for a type that neither has, and for bytes that are not the type's.
 */
export function detailToJson(detail: StatusDetail, types: DetailTypes): DetailJson {
  try {
    const name = detailType(detail);
    return rpcTypeOf(name)?.decode(detail) ?? schemaToJson(detail, name, types) ?? opaque(detail);
  } catch {
    return opaque(detail);
  }
}

function opaque({ typeUrl, value }: StatusDetail): DetailJson {
  return { "@type": typeUrl, value: Buffer.from(value).toString("base64") };
}

function schemaToJson(
  detail: StatusDetail,
  name: string,
  types: DetailTypes,
): DetailJson | undefined {
  const { schema, json = canonical } = types;
  if (schema?.registry.getMessage(name) === undefined) return undefined;
  return JSON.parse(anyPrinter(schema, json)(encodeAny(detail)).toString());
}

type Printer = (bytes: Uint8Array) => Buffer;
const printers = new WeakMap<Schema, Map<string, Printer>>();

/** Prints google.protobuf.Any, which knows the types with a JSON form of their own. */
function anyPrinter(schema: Schema, json: JsonOptions): Printer {
  const ofSchema = printers.get(schema) ?? new Map<string, Printer>();
  printers.set(schema, ofSchema);
  const key = `${json.naming} ${json.emit} ${json.enums}`;
  let printer = ofSchema.get(key);
  if (printer === undefined) {
    const registry = createRegistry(schema.registry, AnySchema);
    printer = createJsonCodec(registry, { ...json, unknownAny: "base64" }).toJson(AnySchema);
    ofSchema.set(key, printer);
  }
  return printer;
}

function encodeAny({ typeUrl, value }: StatusDetail): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.LengthDelimited).string(typeUrl);
  writer.tag(2, WireType.LengthDelimited).bytes(value);
  return writer.finish();
}

/** The full name of a detail's message, for example `"google.rpc.BadRequest"`. */
export function detailType(detail: Pick<StatusDetail, "typeUrl">): string {
  return detail.typeUrl.slice(detail.typeUrl.lastIndexOf("/") + 1);
}

/** The first detail of a type, by the full name of its message. */
export function findDetail(details: readonly DetailJson[], type: string): DetailJson | undefined {
  return details.find((detail) => detailType({ typeUrl: detail["@type"] }) === type);
}

/** The google.rpc.ErrorInfo among printed details; AIP-193 allows one. Undefined for one that could not be read. */
export function errorInfoOf(details: readonly DetailJson[]): ErrorInfo | undefined {
  const info = findDetail(details, "google.rpc.ErrorInfo");
  if (info === undefined || "value" in info) return undefined;
  const { reason = "", domain = "", metadata } = info as Partial<ErrorInfo>;
  return { reason, domain, ...(metadata && { metadata }) };
}
