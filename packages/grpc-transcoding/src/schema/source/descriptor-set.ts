import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { fromBinary, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import {
  type FileDescriptorProto,
  type FileDescriptorSet,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { bundledFile } from "../../bundled/bundled-file.ts";
import { buildRegistry } from "../file-registry.ts";
import { completeFileSet } from "../file-set.ts";
import { optionProblem, orSchemaError, SchemaError } from "../schema-error.ts";

/** Field of FileDescriptorProto by which a buf image says more of a file (buf.alpha.image.v1.ImageFileExtension). */
const bufExtensionField = 8042;

/** Of what an archive unpacks to: few bytes can become any number. Sets of google/cloud are 45 MB with comments. */
const maxBytes = 256 * 1024 * 1024;

/** The files of a descriptor set. */
export interface DescriptorSetFiles {
  readonly files: readonly FileDescriptorProto[];
  /** Names of those that a buf image holds only because others import them. */
  readonly imports: ReadonlySet<string>;
}

/**
 * Reads a descriptor set of `protoc -o` or `buf build -o`: a path, or its bytes, or the message.
 * Binary or JSON, gzip or not. Throws a {@link SchemaError} for anything else.
 */
export function readDescriptorSet(
  input: string | Uint8Array | FileDescriptorSet,
): DescriptorSetFiles {
  if (typeof input !== "string" && !(input instanceof Uint8Array)) {
    return orSchemaError(() => withImports(input));
  }
  const name = typeof input === "string" ? JSON.stringify(input) : `${input.length} bytes`;
  if (typeof input === "string" && input.endsWith(".proto")) {
    throw notASet(name, "a .proto source goes into the option proto");
  }
  let bytes = typeof input === "string" ? readFile(input) : input;
  try {
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
      bytes = gunzipSync(bytes, { maxOutputLength: maxBytes });
    }
    const set = isJson(bytes)
      ? parseJsonSet(bytes)
      : withImports(fromBinary(FileDescriptorSetSchema, bytes));
    if (set.files.length > 0 && set.files.every((file) => file.name !== "")) return set;
  } catch (error) {
    if (error instanceof SchemaError) throw error;
    throw notASet(name, (error as Error).message, error);
  }
  throw notASet(name, "it has no files with names");
}

function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw notASet(JSON.stringify(path), (error as Error).message, error);
  }
}

function notASet(name: string, reason: string, cause?: unknown): SchemaError {
  const fix = "make one with protoc --include_imports --include_source_info -o, or buf build -o";
  const what = `${name} is no descriptor set: ${reason}; ${fix}`;
  return new SchemaError([optionProblem("descriptorSet", what)], { cause });
}

function isJson(bytes: Uint8Array): boolean {
  // A binary set may begin like JSON (its first tag is a line feed), but never like this.
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 64));
  return /^\s*\{\s*"file"/.test(start.toString("latin1"));
}

/**
 * Options set by extensions stand in JSON as `"[google.api.http]"`: they can be read only when the
 * extensions are known, and these are in the set itself. So it is read twice.
 */
function parseJsonSet(bytes: Uint8Array): DescriptorSetFiles {
  const json = JSON.parse(Buffer.from(bytes).toString("utf8")) as JsonValue;
  const plain = fromJson(FileDescriptorSetSchema, json, { ignoreUnknownFields: true });
  const complete = completeFileSet(plain.file, {
    provide: bundledFile,
    onProblem: (problem) => {
      throw new SchemaError([problem]);
    },
    onWarning: () => {},
  });
  const registry = buildRegistry(complete);
  const set = fromJson(FileDescriptorSetSchema, json, { ignoreUnknownFields: true, registry });
  const { file: entries = [] } = json as {
    file?: { name?: string; bufExtension?: { isImport?: boolean } }[];
  };
  const imports = entries.filter((entry) => entry.bufExtension?.isImport === true);
  return { files: set.file, imports: new Set(imports.map((entry) => entry.name ?? "")) };
}

function withImports(set: FileDescriptorSet): DescriptorSetFiles {
  const imports = set.file.filter(isBufImport).map((file) => file.name);
  return { files: set.file, imports: new Set(imports) };
}

function isBufImport(file: FileDescriptorProto): boolean {
  const extension = file.$unknown?.find((field) => field.no === bufExtensionField);
  if (extension === undefined) return false;
  const reader = new BinaryReader(new BinaryReader(extension.data).bytes());
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1) return reader.bool();
    reader.skip(wireType, field);
  }
  return false;
}
