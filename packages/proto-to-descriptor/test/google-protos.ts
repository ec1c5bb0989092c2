import { createRequire } from "node:module";
import { dirname } from "node:path";

/** The include directory with the protos of Google's APIs and google/protobuf. */
export const googleProtos: string = dirname(
  createRequire(import.meta.url).resolve("google-proto-files/package.json"),
);
