import { fromBinary } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { Code } from "../../model/code.ts";
import type { Transport } from "../../model/transport.ts";
import { type ReportProblem, SchemaError } from "../schema-error.ts";
import type { ReflectionRequest, ReflectionResponse } from "./reflection-message.ts";
import {
  openReflectionStream,
  ReflectionError,
  type ReflectionStream,
} from "./reflection-stream.ts";

/** What a server tells of itself. */
export interface ReflectedFiles {
  /** In no order; imports that the server does not have are absent. */
  readonly files: readonly FileDescriptorProto[];
  /** Full names of the services that the server lists, without those of reflection itself. */
  readonly services: readonly string[];
}

/** More imports than any server has: a bound for one that invents them. */
const maxFiles = 20_000;

/**
 * Fetches the descriptors of all services of a server by grpc.reflection.v1, or v1alpha where v1 is
 * UNIMPLEMENTED. Throws a {@link SchemaError} when it serves neither, or fails.
 */
export async function reflectFiles(
  transport: Transport,
  timeoutMs: number,
  warn: ReportProblem,
): Promise<ReflectedFiles> {
  try {
    try {
      return await reflectByVersion("v1", transport, timeoutMs, warn);
    } catch (error) {
      if (!(error instanceof ReflectionError) || error.code !== Code.UNIMPLEMENTED) throw error;
      return await reflectByVersion("v1alpha", transport, timeoutMs, warn);
    }
  } catch (error) {
    if (!(error instanceof ReflectionError)) throw error;
    const fix =
      error.code === Code.UNIMPLEMENTED
        ? "; the server offers no reflection: add it there, or pass proto or descriptorSet"
        : "";
    const message = `reflection: the server's descriptors cannot be loaded: ${error.message}${fix}`;
    throw new SchemaError([{ option: "reflection", message }], { cause: error });
  }
}

async function reflectByVersion(
  version: "v1" | "v1alpha",
  transport: Transport,
  timeoutMs: number,
  warn: ReportProblem,
): Promise<ReflectedFiles> {
  const stream = openReflectionStream(transport, version, timeoutMs);
  try {
    const listed = await stream.ask({ kind: "listServices" });
    if (listed.kind !== "services") throw unexpected("the list of services", listed);
    const services = listed.names.filter((name) => !name.startsWith("grpc.reflection."));
    return { services, files: await fetchFiles(stream, services, warn) };
  } finally {
    stream.close();
  }
}

async function fetchFiles(
  stream: ReflectionStream,
  services: readonly string[],
  warn: ReportProblem,
): Promise<readonly FileDescriptorProto[]> {
  const files = new Map<string, FileDescriptorProto>();
  const asked = new Set<string>();
  const imports: string[] = [];

  const fetch = async (request: ReflectionRequest, what: string): Promise<void> => {
    const response = await stream.ask(request);
    if (response.kind === "error") {
      const text = `reflection: the server does not give ${what}: ${response.message}`;
      return warn({ option: "reflection", message: text });
    }
    if (response.kind !== "files") throw unexpected(what, response);
    for (const bytes of response.files) {
      const file = decodeFile(bytes);
      if (files.has(file.name)) continue;
      files.set(file.name, file);
      for (const name of file.dependency) imports.push(name);
    }
  };

  for (const name of services) await fetch({ kind: "fileContainingSymbol", name }, name);
  for (let name = imports.pop(); name !== undefined; name = imports.pop()) {
    if (files.has(name) || asked.has(name)) continue;
    asked.add(name);
    if (asked.size > maxFiles) {
      throw new ReflectionError(Code.RESOURCE_EXHAUSTED, `more than ${maxFiles} files`);
    }
    await fetch({ kind: "fileByFilename", name }, JSON.stringify(name));
  }
  return [...files.values()];
}

function decodeFile(bytes: Uint8Array): FileDescriptorProto {
  try {
    return fromBinary(FileDescriptorProtoSchema, bytes);
  } catch (error) {
    const text = `a file is no FileDescriptorProto: ${(error as Error).message}`;
    throw new ReflectionError(Code.INTERNAL, text, { cause: error });
  }
}

function unexpected(what: string, response: ReflectionResponse): ReflectionError {
  const answer =
    response.kind === "error" ? response.message : `a message of kind ${response.kind}`;
  return new ReflectionError(Code.INTERNAL, `asked for ${what}, the server answered ${answer}`);
}
