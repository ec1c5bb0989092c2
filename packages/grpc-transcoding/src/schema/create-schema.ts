import type { DescService, FileRegistry } from "@bufbuild/protobuf";
import type { FileDescriptorProto, FileDescriptorSet } from "@bufbuild/protobuf/wkt";
import { bundledProto } from "../bundled/bundled-proto.ts";
import { readErrorDeclarations } from "./error-declarations.ts";
import { buildRegistry } from "./file-registry.ts";
import { completeFileSet } from "./file-set.ts";
import { resolveMethodBindings } from "./method-bindings.ts";
import type { HttpBinding, MethodSchema, Schema, ServiceSchema } from "./schema.ts";
import { type ReportProblem, type SchemaProblem, throwProblems } from "./schema-error.ts";
import { filterServices } from "./service-filter.ts";
import { indexSources, type SourceIndex } from "./source-index.ts";

/** Descriptors of any origin, in any order. */
export type DescriptorSource = FileDescriptorSet | FileRegistry | Iterable<FileDescriptorProto>;

/** What becomes of the descriptors. */
export interface SchemaOptions {
  /**
   * The services to take: full names, or prefixes such as `"library.v1.*"`.
   * @default all, but of the files that come with this package (google.longrunning, ...) only those that nothing imports
   */
  readonly services?: readonly string[];
  /** Told what is odd but harmless. @default ignored */
  readonly onWarning?: ReportProblem;
}

/**
 * Makes the schema of a set of descriptors. Does not change its input. Throws a {@link SchemaError}
 * with every problem of the annotations, or with what keeps the descriptors from being read.
 */
export function createSchema(source: DescriptorSource, options: SchemaOptions = {}): Schema {
  const problems: SchemaProblem[] = [];
  const report: ReportProblem = (problem) => void problems.push(problem);
  const warn = options.onWarning ?? (() => {});

  const input = [...fileProtosOf(source)];
  const set = completeFileSet(input, {
    provide: () => undefined,
    onProblem: report,
    onWarning: warn,
  });
  throwProblems(problems);
  const registry = buildRegistry(set);
  const sources = indexSources(input);
  const services = chooseServices(registry, options.services, report).map((desc) =>
    createService(desc, { registry, sources, report, warn }),
  );
  throwProblems(problems);
  return { registry, services, comment: sources.comment, location: sources.location };
}

function fileProtosOf(source: DescriptorSource): Iterable<FileDescriptorProto> {
  if ("kind" in source) return [...source.files].map((file) => file.proto);
  return "$typeName" in source ? source.file : source;
}

function chooseServices(
  registry: FileRegistry,
  patterns: readonly string[] | undefined,
  report: ReportProblem,
): readonly DescService[] {
  const all = [...registry.files].flatMap((file) => file.services);
  if (patterns !== undefined) return filterServices(all, patterns, report);
  const imported = new Set([...registry.files].flatMap((file) => file.proto.dependency));
  return all.filter(({ file: { proto } }) => {
    return !(imported.has(proto.name) && bundledProto(proto.name) !== undefined);
  });
}

interface ServiceContext {
  readonly registry: FileRegistry;
  readonly sources: SourceIndex;
  readonly report: ReportProblem;
  readonly warn: ReportProblem;
}

function createService(desc: DescService, context: ServiceContext): ServiceSchema {
  const { registry, sources, report } = context;
  const methods: MethodSchema[] = [];
  const service: ServiceSchema = { name: desc.typeName, desc, methods };
  const shared = readErrorDeclarations(desc, registry, sources.location(desc), report);
  for (const rpc of desc.methods) {
    const location = sources.location(rpc);
    const bindings: HttpBinding[] = [];
    const method: MethodSchema = {
      name: rpc.name,
      path: `/${desc.typeName}/${rpc.name}`,
      clientStreaming: rpc.proto.clientStreaming,
      serverStreaming: rpc.proto.serverStreaming,
      service,
      desc: rpc,
      input: rpc.input,
      output: rpc.output,
      bindings,
      errors: [...readErrorDeclarations(rpc, registry, location, report), ...shared],
      location,
    };
    bindings.push(...resolveMethodBindings(method, context));
    methods.push(method);
  }
  return service;
}
