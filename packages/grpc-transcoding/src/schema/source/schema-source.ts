import type { FileRegistry } from "@bufbuild/protobuf";
import type { FileDescriptorSet } from "@bufbuild/protobuf/wkt";
import type { Schema } from "../../model/schema.ts";
import type { Transport } from "../../model/transport.ts";
import { optionProblem, type SchemaProblem, throwProblems } from "../schema-error.ts";

/** `.proto` sources. Nothing is lost. */
export interface ProtoSource {
  /** Files, directories or globs. Services of files that are only imported are left out. */
  readonly proto: string | readonly string[];
  /** Where imports are searched, before the directories of `proto` and the bundled files. */
  readonly includeDirs?: readonly string[];
}

/** A set that `protoc` or `buf` compiled. Comments are lost unless it was made with source info. */
export interface DescriptorSetSource {
  /** A path, the bytes (binary or JSON, gzip or not), or the message. */
  readonly descriptorSet: string | Uint8Array | FileDescriptorSet;
}

/** A running server with grpc.reflection.v1 or v1alpha. Comments and source locations are lost. */
export interface ReflectionSource {
  /** A transport to the server. */
  readonly reflection: Transport;
  /** For all of the server's answers together. @default 30000 */
  readonly reflectionTimeoutMs?: number;
}

/** A schema that is made already, or the registry of protobuf-es' generated code (without comments). */
export interface ReadySource {
  readonly schema: Schema | FileRegistry;
}

/** Where a schema comes from: exactly one of these. */
export type SchemaSource =
  | ProtoSource
  | DescriptorSetSource
  | ReflectionSource
  | ReadySource
  | FileRegistry;

/** Whether a value is a protobuf-es registry with files. Judged by shape: an app may load two copies of protobuf-es. */
export function isFileRegistry(value: unknown): value is FileRegistry {
  return hasMembers(value, { kind: "string", getFile: "function" });
}

/** A source with the one kind that it is of. */
export type CheckedSource =
  | ({ readonly kind: "proto" } & ProtoSource)
  | ({ readonly kind: "descriptorSet" } & DescriptorSetSource)
  | ({ readonly kind: "reflection" } & ReflectionSource)
  | ({ readonly kind: "schema" } & ReadySource);

/** Throws a {@link SchemaError} that names each option that does not fit, and says what to pass. */
export function checkSource(source: SchemaSource): CheckedSource {
  if (isFileRegistry(source)) return { kind: "schema", schema: source };
  throwProblems(wrongIn(source));
  const [kind] = kindsOf(source);
  return { ...source, kind } as CheckedSource;
}

/** The options that are given; an undefined one is not. */
function kindsOf(source: unknown): (keyof typeof expected)[] {
  const given = Object(source) as Readonly<Record<string, unknown>>;
  const kinds = Object.keys(expected) as (keyof typeof expected)[];
  return kinds.filter((kind) => given[kind] !== undefined);
}

function wrongIn(source: unknown): SchemaProblem[] {
  const given = Object(source) as Readonly<Record<string, unknown>>;
  const kinds = kindsOf(source);
  if (kinds.length === 0 && isGrpcDefinition(source)) return [grpcDefinitionProblem("the source")];
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    const found = kinds.length === 0 ? "none of them is given" : `given are ${kinds.join(" and ")}`;
    return [
      { message: `a schema comes from one of ${Object.keys(expected).join(", ")}; ${found}` },
    ];
  }
  const problems: SchemaProblem[] = [];
  const value = given[kind];
  if (!expected[kind].test(value)) {
    const wrong = optionProblem(kind, `must be ${expected[kind].what}; got ${typeof value}`);
    problems.push(isGrpcDefinition(value) ? grpcDefinitionProblem(kind) : wrong);
  }
  if (given.includeDirs !== undefined) {
    const what = kind === "proto" ? "must be a list of directories" : "goes with proto only";
    if (kind !== "proto" || !isTextList(given.includeDirs)) {
      problems.push(optionProblem("includeDirs", what));
    }
  }
  return problems;
}

const expected = {
  proto: {
    what: "a file, directory or glob, or a list of them",
    test: (value: unknown) => typeof value === "string" || (isTextList(value) && value.length > 0),
  },
  descriptorSet: {
    what: "a path, the bytes, or a FileDescriptorSet message",
    test: (value: unknown) =>
      typeof value === "string" ||
      value instanceof Uint8Array ||
      hasMembers(value, { file: "object" }),
  },
  reflection: {
    what: "a Transport to the server",
    test: (value: unknown) => hasMembers(value, { start: "function" }),
  },
  schema: {
    what: "a Schema of loadSchema or createSchema, or a FileRegistry of @bufbuild/protobuf",
    test: (value: unknown) =>
      isFileRegistry(value) || hasMembers(value, { registry: "object", comment: "function" }),
  },
} as const;

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function hasMembers(value: unknown, types: Readonly<Record<string, string>>): boolean {
  if (typeof value !== "object" || value === null) return false;
  const members = value as Readonly<Record<string, unknown>>;
  return Object.entries(types).every(([name, type]) => typeof members[name] === type);
}

/**
 * Whether a value is a PackageDefinition of @grpc/proto-loader, a ServiceDefinition of grpc-js, or what
 * `loadPackageDefinition` makes of them (namespaces that nest down to client classes).
 */
function isGrpcDefinition(value: unknown, seen: Set<unknown> = new Set()): boolean {
  if (typeof value === "function") return "service" in value;
  if (typeof value !== "object" || value === null || seen.has(value)) return false;
  seen.add(value);
  return Object.values(value).some((member: unknown) => {
    if (hasMembers(member, { path: "string", requestSerialize: "function" })) return true;
    if (hasMembers(member, { format: "string", fileDescriptorProtos: "object" })) return true;
    return isGrpcDefinition(member, seen);
  });
}

function grpcDefinitionProblem(option: string): SchemaProblem {
  const what =
    "is a definition of @grpc/proto-loader or grpc-js, which has lost comments, field options and JSON names; " +
    "pass { proto, includeDirs } with the files that were given to proto-loader, or { descriptorSet }";
  return { option, message: `${option}: ${what}` };
}
