import { readFileSync } from "node:fs";
import { join } from "node:path";
import type protobuf7 from "protobufjs";
import type protobuf8 from "protobufjs8";
import type { Api } from "./api.ts";

type Load = (api: Api) => unknown;

/** Each imports its library, which is not measured, and gives the work that is. */
export const loaders = {
  "compile()": async () => {
    const { compile } = await import("proto-to-descriptor");
    return ({ files, includeDir }) => compile({ files, includeDirs: [includeDir] });
  },
  "protobufjs 7 loadSync, resolveAll": async () => {
    const { default: protobuf } = await import("protobufjs");
    return (api) => loadSources(new protobuf.Root(), api);
  },
  "protobufjs 8 loadSync, resolveAll": async () => {
    const { default: protobuf } = await import("protobufjs8");
    return (api) => loadSources(new protobuf.Root(), api);
  },
  "compile(), source info": async () => {
    const { compile } = await import("proto-to-descriptor");
    return ({ files, includeDir }) =>
      compile({ files, includeDirs: [includeDir], sourceInfo: true });
  },
  "loadSchema({ proto })": async () => {
    const { loadSchema } = await import("grpc-transcoding");
    return ({ name, includeDir }) =>
      loadSchema({ proto: join(includeDir, name), includeDirs: [includeDir] });
  },
  "set: protobuf-es registry": () => registryOf("descriptorSet"),
  "set: protobufjs 8 fromDescriptor": async () => {
    const { default: protobuf } = await import("protobufjs8");
    await import("protobufjs8/ext/descriptor.js");
    return ({ descriptorSet }) =>
      protobuf.Root.fromDescriptor(readFileSync(descriptorSet)).resolveAll();
  },
  "set: createSchema()": () => schemaOf("descriptorSet"),
  "set, source info: protobuf-es": () => registryOf("descriptorSetWithSourceInfo"),
  "set, source info: createSchema()": () => schemaOf("descriptorSetWithSourceInfo"),
} satisfies Record<string, () => Promise<Load>>;

export type LoaderName = keyof typeof loaders;

type SetName = "descriptorSet" | "descriptorSetWithSourceInfo";

function loadSources(root: protobuf7.Root | protobuf8.Root, { files, includeDir }: Api): unknown {
  root.resolvePath = (_origin, target) => join(includeDir, target);
  return root.loadSync([...files]).resolveAll();
}

async function registryOf(set: SetName): Promise<Load> {
  const { createFileRegistry, fromBinary } = await import("@bufbuild/protobuf");
  const { FileDescriptorSetSchema } = await import("@bufbuild/protobuf/wkt");
  return (api) => createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(api[set])));
}

async function schemaOf(set: SetName): Promise<Load> {
  const { fromBinary } = await import("@bufbuild/protobuf");
  const { FileDescriptorSetSchema } = await import("@bufbuild/protobuf/wkt");
  const { createSchema } = await import("grpc-transcoding");
  return (api) => createSchema(fromBinary(FileDescriptorSetSchema, readFileSync(api[set])));
}
