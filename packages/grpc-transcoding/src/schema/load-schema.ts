import type { DescFile, DescService } from "@bufbuild/protobuf";
import type { Schema } from "../model/schema.ts";
import { createSchema, type SchemaOptions, schemaOfFiles } from "./create-schema.ts";
import { areMergedFiles, repairMergedFiles } from "./reflection/merged-files.ts";
import { reflectFiles } from "./reflection/reflect-files.ts";
import { orSchemaError, type SchemaProblem, throwProblems } from "./schema-error.ts";
import { filterServices } from "./service-filter.ts";
import { compileProtos } from "./source/compile-protos.ts";
import { readDescriptorSet } from "./source/descriptor-set.ts";
import {
  checkSource,
  type DescriptorSetSource,
  isFileRegistry,
  type ProtoSource,
  type ReadySource,
  type ReflectionSource,
  type SchemaSource,
} from "./source/schema-source.ts";

/**
 * Loads the schema of an app. Throws a {@link SchemaError} with every problem that was found, each
 * naming its `file:line:column`, or the option that is wrong.
 */
export async function loadSchema(
  source: SchemaSource,
  options: SchemaOptions = {},
): Promise<Schema> {
  const checked = checkSource(source);
  switch (checked.kind) {
    case "proto":
      return loadProtos(checked, options);
    case "descriptorSet":
      return loadDescriptorSet(checked, options);
    case "reflection":
      return await loadByReflection(checked, options);
    case "schema":
      return adoptSchema(checked, options);
  }
}

function loadDescriptorSet({ descriptorSet }: DescriptorSetSource, options: SchemaOptions): Schema {
  const { files, imports } = readDescriptorSet(descriptorSet);
  const exposes = ({ file }: DescService): boolean => !imports.has(file.proto.name);
  return schemaOfFiles(files, options, imports.size === 0 ? {} : { exposes });
}

function loadProtos({ proto, includeDirs = [] }: ProtoSource, options: SchemaOptions): Schema {
  const entries = typeof proto === "string" ? [proto] : proto;
  const { files, paths, named } = compileProtos(entries, includeDirs);
  return schemaOfFiles(files, options, {
    exposes: ({ file }) => named.has(file.proto.name),
    paths,
  });
}

async function loadByReflection(
  { reflection, reflectionTimeoutMs = 30_000 }: ReflectionSource,
  options: SchemaOptions,
): Promise<Schema> {
  const warn = options.onWarning ?? (() => {});
  const { files, services } = await reflectFiles(reflection, reflectionTimeoutMs, warn);
  const listed = new Set(services);
  const usable = orSchemaError(() => (areMergedFiles(files) ? repairMergedFiles(files) : files));
  const schema = schemaOfFiles(usable, options, {
    exposes: ({ typeName }) => listed.has(typeName),
  });
  const bare = schema.services.filter(
    ({ desc, methods }) => methods.length > 0 && !reachesAnnotations(desc.file),
  );
  if (bare.length > 0) {
    const names = bare.map((service) => service.name).join(", ");
    warn({ option: "reflection", message: `reflection: ${names}: ${withoutAnnotations}` });
  }
  return schema;
}

const withoutAnnotations =
  "the server's descriptors carry no google.api.http annotations, so there are no routes by them; " +
  "grpc-js servers whose protos @grpc/proto-loader loaded never do: pass proto or descriptorSet";

/** By the extension, not by a file name: servers vendor the file under names of their own. */
function reachesAnnotations(file: DescFile): boolean {
  const reached = new Set([file]);
  for (const { extensions, dependencies } of reached) {
    if (extensions.some(({ typeName }) => typeName === "google.api.http")) return true;
    for (const dependency of dependencies) reached.add(dependency);
  }
  return false;
}

/** A schema is complete; only the choice of services is left to make. */
function adoptSchema({ schema }: ReadySource, options: SchemaOptions): Schema {
  if (isFileRegistry(schema)) return createSchema(schema, options);
  if (options.services === undefined) return schema;
  const problems: SchemaProblem[] = [];
  const services = filterServices(
    schema.services,
    ({ name }) => name,
    options.services,
    (problem) => problems.push(problem),
  );
  throwProblems(problems);
  return { ...schema, services };
}
