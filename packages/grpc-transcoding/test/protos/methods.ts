import { readFileSync } from "node:fs";
import { createFileRegistry, type FileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { type ResolveBindingsOptions, resolveBindings } from "../../src/http/resolve-bindings.ts";
import type { RuleProblem } from "../../src/http/rule-problem.ts";
import type { HttpBinding, MethodSchema, ServiceSchema } from "../../src/model/schema.ts";

/**
 * The descriptors of a proto beside this file. Its `.binpb` is made by
 * `protoc -I. -I../../proto --include_imports --descriptor_set_out=library.binpb library.proto`.
 */
export function loadRegistry(name: "library" | "search"): FileRegistry {
  const bytes = readFileSync(new URL(`${name}.binpb`, import.meta.url));
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
}

export const library: FileRegistry = loadRegistry("library");

/** A method of `library.v1.Library`, without bindings. */
export function libraryMethod(name: string): MethodSchema {
  const desc = library.getService("library.v1.Library");
  const method = desc?.methods.find((candidate) => candidate.name === name);
  if (desc === undefined || method === undefined) throw new Error(`no method ${name}`);
  const service: ServiceSchema = { name: desc.typeName, desc, methods: [] };
  return {
    name,
    path: `/${desc.typeName}/${name}`,
    clientStreaming: false,
    serverStreaming: false,
    service,
    desc: method,
    input: method.input,
    output: method.output,
    bindings: [],
    errors: [],
    ranges: false,
    events: {},
    deadlineMs: undefined,
    idempotencyKey: undefined,
    rest: {},
    auth: { scopes: undefined, anonymous: undefined, claims: [] },
    location: { file: "library.proto", line: 15, column: 3 },
  };
}

type ResolveOptions = Pick<ResolveBindingsOptions, "allowBodyOnGet" | "repeatedPathVariables">;

/** What resolving a rule of a method of `library.v1.Library` gives. */
export function resolve(
  name: string,
  rule: unknown,
  options: ResolveOptions = {},
): { bindings: HttpBinding[]; problems: RuleProblem[] } {
  const method = libraryMethod(name);
  const problems: RuleProblem[] = [];
  const bindings = resolveBindings(method, rule, {
    source: "api",
    location: method.location,
    problems,
    ...options,
  });
  return { bindings, problems };
}

/** The one binding of a good rule. */
export function bindingOf(name: string, rule: unknown, options: ResolveOptions = {}): HttpBinding {
  const { bindings, problems } = resolve(name, rule, options);
  const errors = problems.filter(({ severity }) => severity === "error");
  const [binding] = bindings;
  if (binding === undefined || errors.length > 0) {
    throw new Error(problems.map(({ message }) => message).join("\n"));
  }
  return binding;
}
