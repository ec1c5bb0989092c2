import { createRegistry, type DescMessage } from "@bufbuild/protobuf";
import { createJsonCodec } from "./create-json-codec.ts";

type Check = (bytes: Uint8Array) => boolean;

const checks = new WeakMap<DescMessage, Check>();

/**
 * Whether bytes are surely a message of the type, so that whoever serves it could decode them. It costs as much as
 * printing them as JSON: for what is rare. Of a value that ProtoJSON has no form for (a year 10000) it says no.
 */
export function isWellFormed(message: DescMessage, bytes: Uint8Array): boolean {
  let check = checks.get(message);
  if (check === undefined) {
    check = compileCheck(message);
    checks.set(message, check);
  }
  return check(bytes);
}

function compileCheck(message: DescMessage): Check {
  const print = createJsonCodec(createRegistry(), {
    naming: "json",
    emit: "set",
    enums: "number",
    unknownFields: "reject",
    unknownAny: "base64",
  }).toJson(message);
  return (bytes) => {
    try {
      print(bytes);
      return true;
    } catch {
      return false;
    }
  };
}
