import type { DescService, FileRegistry } from "@bufbuild/protobuf";
import type { FileDescriptorProto, FileDescriptorSet } from "@bufbuild/protobuf/wkt";
import { bundledFile } from "../bundled/bundled-file.ts";
import { bundledProto } from "../bundled/bundled-proto.ts";
import type { RestRule } from "../model/rest-rule.ts";
import type {
  EventFields,
  HttpBinding,
  MethodSchema,
  Schema,
  ServiceSchema,
} from "../model/schema.ts";
import { readAuthRule, readServiceAudience } from "./auth-rule.ts";
import { checkDeclarations } from "./check-declarations.ts";
import { readErrorDeclarations } from "./error-declarations.ts";
import { buildRegistry, checkedRegistry } from "./file-registry.ts";
import { completeFileSet } from "./file-set.ts";
import { withHttpExtension } from "./http-extension.ts";
import { withJsonNames } from "./json-names.ts";
import { resolveMethodBindings } from "./method-bindings.ts";
import {
  readDeadlineMs,
  readEventFields,
  readIdempotencyKey,
  readRestRule,
} from "./method-rule.ts";
import { declaresRanges } from "./range-declaration.ts";
import {
  orSchemaError,
  type ReportProblem,
  type SchemaProblem,
  throwProblems,
} from "./schema-error.ts";
import { filterServices } from "./service-filter.ts";
import { indexSources, type SourceIndex } from "./source-index.ts";
import type { Turns } from "./turns.ts";

/** Descriptors of any origin, in any order. */
export type DescriptorSource = FileDescriptorSet | FileRegistry | Iterable<FileDescriptorProto>;

/** What becomes of the descriptors. */
export interface SchemaOptions {
  /**
   * The services to take: full names, or prefixes such as `"library.v1.*"`.
   * @default all, but of the files that come with this package (google.longrunning, ...) only those that nothing imports
   */
  readonly services?: readonly string[];
  /** What a path variable on a repeated field is: an error, or a list with commas (grpc-gateway). @default "reject" */
  readonly repeatedPathVariables?: "reject" | "csv";
  /** Told what is odd but harmless. @default ignored */
  readonly onWarning?: ReportProblem;
}

/** What is known of descriptors beside them. */
export interface DescriptorOrigin {
  /** Which services are taken when no option names them. */
  readonly exposes?: (service: DescService) => boolean;
  /** Import name to path, for messages that editors can open. */
  readonly paths?: ReadonlyMap<string, string>;
  /** Whether {@link checkFiles} has found nothing. */
  readonly isChecked?: boolean;
}

/**
 * Makes the schema of a set of descriptors. Does not change its input. Throws a {@link SchemaError}
 * with every problem of the annotations, or with what keeps the descriptors from being read.
 */
export function createSchema(source: DescriptorSource, options: SchemaOptions = {}): Schema {
  return schemaOfFiles(
    orSchemaError(() => [...fileProtosOf(source)]),
    options,
  );
}

/** {@link createSchema} for a loader, which knows where the descriptors come from. */
export function schemaOfFiles(
  input: readonly FileDescriptorProto[],
  options: SchemaOptions,
  origin: DescriptorOrigin = {},
): Schema {
  const warnings: SchemaProblem[] = [];
  const steps = buildSchema(input, options, origin, (problem) => void warnings.push(problem));
  try {
    return runToEnd(steps);
  } finally {
    // Outside, since what the app's function throws is no fault of the descriptors.
    for (const warning of warnings) options.onWarning?.(warning);
  }
}

/** {@link schemaOfFiles} in several turns of the event loop, for an app that serves meanwhile. */
export async function schemaOfFilesInTurns(
  input: readonly FileDescriptorProto[],
  options: SchemaOptions,
  origin: DescriptorOrigin,
  turns: Turns,
): Promise<Schema> {
  const warnings: SchemaProblem[] = [];
  const steps = buildSchema(input, options, origin, (problem) => void warnings.push(problem));
  try {
    let step = orSchemaError(() => steps.next());
    while (!step.done) {
      await turns.pause();
      step = orSchemaError(() => steps.next());
    }
    return step.value;
  } finally {
    for (const warning of warnings) options.onWarning?.(warning);
  }
}

/** Throws a {@link SchemaError} for what keeps files from being a schema, whichever of their services are chosen. */
export function checkFiles(input: readonly FileDescriptorProto[]): void {
  runToEnd(registrySteps(input, false, () => {}));
}

function runToEnd<T>(steps: Generator<void, T>): T {
  let step = orSchemaError(() => steps.next());
  while (!step.done) step = orSchemaError(() => steps.next());
  return step.value;
}

interface RegisteredFiles {
  /** With all that their services need to be read. */
  readonly files: readonly FileDescriptorProto[];
  readonly registry: FileRegistry;
}

function* registrySteps(
  input: readonly FileDescriptorProto[],
  isChecked: boolean,
  warn: ReportProblem,
): Generator<void, RegisteredFiles> {
  const problems: SchemaProblem[] = [];
  const report: ReportProblem = (problem) => void problems.push(problem);
  if (!isChecked) for (const file of input) checkDeclarations(file, report);
  throwProblems(problems);
  const named: FileDescriptorProto[] = [];
  for (const file of input) {
    named.push(withJsonNames(file));
    yield;
  }
  const files = withHttpExtension(named);
  const set = completeFileSet(files, {
    provide: bundledFile,
    onProblem: report,
    onWarning: warn,
  });
  throwProblems(problems);
  yield;
  return { files, registry: isChecked ? yield* checkedRegistry(set) : buildRegistry(set) };
}

/** Each step is short beside a request. */
function* buildSchema(
  input: readonly FileDescriptorProto[],
  options: SchemaOptions,
  { isChecked = false, paths, exposes }: DescriptorOrigin,
  warn: ReportProblem,
): Generator<void, Schema> {
  const { files, registry } = yield* registrySteps(input, isChecked, warn);
  const problems: SchemaProblem[] = [];
  const report: ReportProblem = (problem) => void problems.push(problem);
  const sources = yield* indexSources(files, paths);
  yield;
  const all = [...registry.files].flatMap((file) => file.services);
  const chosen =
    options.services === undefined
      ? all.filter(exposes ?? notBundledImport(registry))
      : filterServices(all, (service) => service.typeName, options.services, report);
  const { repeatedPathVariables = "reject" } = options;
  const context = { registry, sources, report, warn, repeatedPathVariables };
  const services: ServiceSchema[] = [];
  for (const desc of chosen) services.push(yield* createService(desc, context));
  throwProblems(problems);
  return { registry, services, comment: sources.comment, location: sources.location };
}

function fileProtosOf(source: DescriptorSource): Iterable<FileDescriptorProto> {
  if ("kind" in source) return [...source.files].map((file) => file.proto);
  return "$typeName" in source ? source.file : source;
}

/** An API that imports google.longrunning does not by that serve its methods. */
function notBundledImport(registry: FileRegistry): (service: DescService) => boolean {
  const imported = new Set([...registry.files].flatMap((file) => file.proto.dependency));
  return ({ file: { proto } }) =>
    !imported.has(proto.name) || bundledProto(proto.name) === undefined;
}

interface ServiceContext {
  readonly registry: FileRegistry;
  readonly sources: SourceIndex;
  readonly report: ReportProblem;
  readonly warn: ReportProblem;
  readonly repeatedPathVariables: "reject" | "csv";
}

function* createService(
  desc: DescService,
  context: ServiceContext,
): Generator<void, ServiceSchema> {
  const { registry, sources, report } = context;
  const methods: MethodSchema[] = [];
  const service: ServiceSchema = { name: desc.typeName, desc, methods };
  const shared = readErrorDeclarations(desc, registry, sources.location(desc), report);
  const audience = readServiceAudience(desc, {
    registry,
    location: sources.location(desc),
    report,
  });
  for (const rpc of desc.methods) {
    const location = sources.location(rpc);
    const bindings: HttpBinding[] = [];
    const option = { registry, location, report };
    const events: { -readonly [K in keyof EventFields]: EventFields[K] } = {};
    const rest: { -readonly [K in keyof RestRule]: RestRule[K] } = {};
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
      ranges: declaresRanges(rpc, option),
      events,
      deadlineMs: readDeadlineMs(rpc, option),
      idempotencyKey: readIdempotencyKey(rpc, option),
      rest,
      auth: readAuthRule(rpc, audience, option),
      location,
    };
    bindings.push(...resolveMethodBindings(method, context));
    Object.assign(events, readEventFields(method, option));
    Object.assign(rest, readRestRule(method, option));
    methods.push(method);
    yield;
  }
  return service;
}
