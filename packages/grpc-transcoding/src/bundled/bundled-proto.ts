import { bundledProtos } from "./bundled-protos.ts";

/** The import names of the proto files that come with this package, sorted. */
export const bundledProtoNames: readonly string[] = Object.keys(bundledProtos);

/**
 * The text of a bundled proto by its import name, for example `"google/api/annotations.proto"`. A
 * compiler asks here last, so that the user's own copy of a file wins.
 */
export function bundledProto(name: string): string | undefined {
  return Object.hasOwn(bundledProtos, name) ? bundledProtos[name] : undefined;
}
