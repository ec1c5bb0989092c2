import { checkFiles } from "../create-schema.ts";
import { SchemaError, type SchemaProblem } from "../schema-error.ts";
import { compileProtos } from "./compile-protos.ts";
import { readDescriptorSet } from "./descriptor-set.ts";
import { type PackedFile, packFile } from "./packed-files.ts";
import type { DescriptorSetSource, ProtoSource } from "./schema-source.ts";

/** A source that another thread can read: all of it is in files. */
export type FileSource = ProtoSource | (DescriptorSetSource & { readonly descriptorSet: string });

/** What became of a source: what threads can pass on. */
export type CompiledSource =
  | {
      readonly files: readonly PackedFile[];
      /** Import names: of files whose services are served, or of those whose are not. */
      readonly named: ReadonlySet<string> | undefined;
      readonly imports: ReadonlySet<string> | undefined;
      readonly paths: ReadonlyMap<string, string> | undefined;
    }
  | { readonly problems: readonly SchemaProblem[] };

/** Reads, compiles and checks a source. Never throws for what is wrong with it. */
export function compileSource(source: FileSource): CompiledSource {
  try {
    if ("descriptorSet" in source) {
      const { files, imports } = readDescriptorSet(source.descriptorSet);
      checkFiles(files);
      return { files: files.map(packFile), named: undefined, imports, paths: undefined };
    }
    const entries = typeof source.proto === "string" ? [source.proto] : source.proto;
    const { files, named, paths } = compileProtos(entries, source.includeDirs ?? []);
    checkFiles(files);
    return { files: files.map(packFile), named, imports: undefined, paths };
  } catch (error) {
    if (error instanceof SchemaError) return { problems: error.problems };
    throw error;
  }
}
