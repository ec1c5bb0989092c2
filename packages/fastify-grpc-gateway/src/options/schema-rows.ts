import type { DescriptorSetSource, ReadySource } from "grpc-transcoding";
import { anyOf, boolean, bytes, having, text, textList } from "./checks.ts";
import type { FastifyGrpcGatewayOptions } from "./gateway-options.ts";
import { always, type OptionRows } from "./option-row.ts";
import type { ResolvedOptions } from "./resolved-options.ts";

/** Where the schema comes from, and which of it is served. What is in a source is looked at when it is loaded. */
export const schemaRows: OptionRows<
  Pick<
    FastifyGrpcGatewayOptions,
    "proto" | "includeDirs" | "descriptorSet" | "reflection" | "schema" | "services"
  >,
  ResolvedOptions
> = {
  proto: {
    help: "`.proto` files, directories or globs",
    check: anyOf(
      'a file, directory or glob, or a list of them: "proto"',
      text(),
      textList("a list of files", 1),
    ),
    default: always(undefined),
    namesSchema: true,
  },
  includeDirs: {
    help: "where imports are looked for, before the bundled files",
    check: textList('a list of directories: ["proto"]'),
    default: always([]),
  },
  descriptorSet: {
    help: "a file of `protoc -o` or `buf build -o`, its bytes, or the message",
    check: anyOf(
      "a path, the bytes, or a FileDescriptorSet message",
      text(),
      bytes,
      having<Exclude<DescriptorSetSource["descriptorSet"], string | Uint8Array>>("a message", {}),
    ),
    default: always(undefined),
    namesSchema: true,
  },
  reflection: {
    help: "ask the upstream by server reflection",
    check: boolean,
    default: always(false),
    namesSchema: true,
  },
  schema: {
    help: "a `Schema`, or a registry of protobuf-es",
    check: having<ReadySource["schema"]>(
      "a Schema of loadSchema, or a FileRegistry of @bufbuild/protobuf",
      {},
    ),
    default: always(undefined),
    namesSchema: true,
  },
  services: {
    help: 'full names, or prefixes such as `"library.v1.*"`',
    check: textList('a list of services such as ["library.v1.*"]', 1),
    default: always(undefined),
    otherwise: "all",
  },
};
