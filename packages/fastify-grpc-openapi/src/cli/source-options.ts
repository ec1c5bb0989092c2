import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import {
  collectBindings,
  type JsonOptions,
  loadSchema,
  type StreamEnvelope,
  type StreamFormatName,
  streamEncoders,
} from "grpc-transcoding";
import { throwRuleErrors } from "grpc-transcoding/internal";
import { parse } from "yaml";
import type { DocumentSource } from "../context/document-context.ts";
import type { GrpcDocumentOptions } from "../document/document-options.ts";
import type { FastifyGrpcOpenapiOptions } from "../options.ts";
import { resolveOptions } from "../options.ts";
import { type Command, type OptionValues, text, texts } from "./command.ts";
import { UsageError } from "./usage-error.ts";

/** The options by which commands find their protos. */
export const sourceOptions: Command["options"] = {
  include: { type: "string", short: "I", multiple: true },
  "descriptor-set": { type: "string" },
  service: { type: "string", multiple: true },
  prefix: { type: "string" },
  rules: { type: "string" },
  config: { type: "string", short: "c" },
};

/** Their part of a command's help. */
export const sourceHelp: string = `Where the API comes from (protos as arguments: files, directories or globs):
  -I, --include DIR        a directory where imports are looked for; repeatable
      --descriptor-set F   a set of protoc -o or buf build -o, instead of protos
      --service NAME       only this service, or a prefix such as "library.v1.*"; repeatable
      --prefix PATH        the URL prefix of the gateway
      --rules FILE         further http rules: a service config in YAML or JSON
  -c, --config FILE        YAML or JSON: the plugin's options (info, servers, openapi, visibility,
                           ...), and the gateway's: json, streamFormats, streamEnvelope
`;

/** What a configuration file may say beside the plugin's options. */
interface GatewayConfig {
  readonly json?: Partial<JsonOptions>;
  readonly streamFormats?: readonly StreamFormatName[];
  readonly streamEnvelope?: StreamEnvelope;
  readonly httpBodyRequests?: "raw" | "json";
  readonly patchFieldMask?: boolean;
}

/** An API as a command sees it. */
export interface LoadedSource {
  readonly source: DocumentSource;
  readonly document: GrpcDocumentOptions;
  readonly openapi: string;
}

/** Loads the protos and the configuration that a command's arguments name. */
export async function loadSource(
  values: OptionValues,
  protos: readonly string[],
): Promise<LoadedSource> {
  const set = text(values, "descriptor-set");
  if (set === undefined && protos.length === 0) {
    throw new UsageError("no API: name proto files or directories, or --descriptor-set FILE");
  }
  if (set !== undefined && protos.length > 0) {
    throw new UsageError("protos and --descriptor-set exclude one another");
  }
  for (const path of protos) refuseDescriptorSet(path);
  const services = texts(values, "service");
  const schema = await loadSchema(
    set === undefined
      ? { proto: protos, includeDirs: texts(values, "include") }
      : { descriptorSet: set },
    services.length > 0 ? { services } : {},
  );
  const rules = text(values, "rules");
  const { bindings, problems } = collectBindings(
    schema,
    rules === undefined ? {} : { rules: await readData(rules) },
  );
  throwRuleErrors(problems);
  const { gateway, options } = await readConfig(text(values, "config"));
  const { json, streamFormats, streamEnvelope, ...members } = gateway;
  const source: DocumentSource = {
    ...members,
    name: "",
    prefix: text(values, "prefix") ?? "",
    schema,
    bindings,
    json: { naming: "json", emit: "implicit", enums: "name", unknownFields: "reject", ...json },
    streamEncoders: streamEncoders(streamEnvelope, streamFormats),
    errors: undefined,
  };
  const { openapi, document } = resolveOptions(options);
  return { source, document, openapi };
}

// Parsed as a proto, its bytes would make a page of errors.
function refuseDescriptorSet(path: string): void {
  if (path.endsWith(".proto") || !statSync(path, { throwIfNoEntry: false })?.isFile()) return;
  throw new UsageError(
    `${path} is no .proto file; if it is a descriptor set, give it as --descriptor-set ${path}`,
  );
}

async function readConfig(
  path: string | undefined,
): Promise<{ gateway: GatewayConfig; options: FastifyGrpcOpenapiOptions }> {
  if (path === undefined) return { gateway: {}, options: {} };
  const config = (await readData(path)) as GatewayConfig & FastifyGrpcOpenapiOptions;
  const { json, streamFormats, streamEnvelope, httpBodyRequests, patchFieldMask, ...options } =
    config ?? {};
  const members = { json, streamFormats, streamEnvelope, httpBodyRequests, patchFieldMask };
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return { gateway: Object.fromEntries(given), options };
}

/** A YAML or JSON file. Throws a {@link UsageError} that names the file. */
export async function readData(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path, "utf8"));
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message}`);
  }
}
