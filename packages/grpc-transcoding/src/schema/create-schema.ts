import type { DescService, FileRegistry } from "@bufbuild/protobuf";
import type { FileDescriptorProto, FileDescriptorSet } from "@bufbuild/protobuf/wkt";
import { readErrorDeclarations } from "./error-declarations.ts";
import { buildRegistry } from "./file-registry.ts";
import { completeFileSet } from "./file-set.ts";
import type { HttpBinding, MethodSchema, Schema, ServiceSchema } from "./schema.ts";
import { SchemaError, type SchemaProblem } from "./schema-error.ts";
import { filterServices } from "./service-filter.ts";
import { indexSources, type SourceIndex } from "./source-index.ts";

/** Descriptors of any origin, in any order. */
export type DescriptorSource = FileDescriptorSet | FileRegistry | Iterable<FileDescriptorProto>;

/** What becomes of the descriptors. */
export interface SchemaOptions {
  /**
   * The services to take: full names, or prefixes such as `"library.v1.*"`.
   * @default all, except services of files that are only imported and come with this package (google.longrunning, ...)
   */
  readonly services?: readonly string[];
  /** Told what is odd but harmless. @default ignored */
  readonly onWarning?: (warning: SchemaProblem) => void;
}

/**
 * Makes the schema of a set of descriptors. Does not change its input. Throws a {@link SchemaError}
 * with every problem of the annotations, or with the first that keeps the descriptors from being read.
 */
export function createSchema(source: DescriptorSource, options: SchemaOptions = {}): Schema {
  const problems: SchemaProblem[] = [];
  const onProblem = (problem: SchemaProblem): void => void problems.push(problem);
  const onWarning = options.onWarning ?? (() => {});

  const input = [...fileProtosOf(source)];
  const set = completeFileSet(input, { provide: () => undefined, onProblem, onWarning });
  if (problems.length > 0) throw new SchemaError(problems);
  const registry = buildRegistry(set);
  const sources = indexSources(input);

  const all = [...registry].filter((type) => type.kind === "service");
  const chosen =
    options.services === undefined ? all : filterServices(all, options.services, onProblem);
  const services = chosen.map((desc) => createService(desc, registry, sources, onProblem));
  if (problems.length > 0) throw new SchemaError(problems);

  return Object.freeze({
    registry,
    services,
    comment: sources.comment,
    location: sources.location,
  });
}

function fileProtosOf(source: DescriptorSource): Iterable<FileDescriptorProto> {
  if ("kind" in source) return [...source.files].map((file) => file.proto);
  return "$typeName" in source ? source.file : source;
}

function createService(
  desc: DescService,
  registry: FileRegistry,
  sources: SourceIndex,
  onProblem: (problem: SchemaProblem) => void,
): ServiceSchema {
  const methods: MethodSchema[] = [];
  const service: ServiceSchema = { name: desc.typeName, desc, methods };
  const location = sources.location(desc);
  const shared = readErrorDeclarations(desc, registry, location, onProblem);
  for (const method of desc.methods) {
    const location = sources.location(method);
    const bindings: HttpBinding[] = [];
    methods.push({
      name: method.name,
      path: `/${desc.typeName}/${method.name}`,
      clientStreaming: method.proto.clientStreaming,
      serverStreaming: method.proto.serverStreaming,
      service,
      desc: method,
      input: method.input,
      output: method.output,
      bindings,
      errors: [...readErrorDeclarations(method, registry, location, onProblem), ...shared],
      location,
    });
  }
  return service;
}
