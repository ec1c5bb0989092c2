import type { JsonOptions, StreamEncoder } from "grpc-transcoding";
import { FST_GRPC_OPTION } from "./errors.ts";
import type { OnePortOptions } from "./one-port/port-split.ts";
import {
  badOption,
  boolean,
  bytes,
  checkNames,
  checkPrefix,
  isTextList,
  oneOf,
} from "./option-checks.ts";
import type {
  FastifyGrpcGatewayOptions,
  NativeGrpcOptions,
  ResolvedOptions,
  RoutingOptions,
} from "./options.ts";
import { presets } from "./presets.ts";
import { readRules } from "./rules-source.ts";
import type { MessageLimits } from "./transport/message-limits.ts";

const MIB = 1024 * 1024;

/** Fills in defaults. Throws FST_GRPC_OPTION for an option that is unknown or malformed. */
export function resolveOptions(options: FastifyGrpcGatewayOptions): ResolvedOptions {
  // Fastify reads `logLevel` of any plugin's options itself.
  checkNames(options, [...Object.keys(OPTIONS), "logLevel"], "");
  checkMembers(options);
  checkSource(options);
  const preset = oneOf("preset", options.preset ?? "standard", ["standard", "grpc-gateway"]);
  const defaults = presets[preset];
  const { limits = {} } = options;
  checkNames(limits, ["maxBodyBytes", "maxRequestBytes", "maxResponseBytes"], "limits.");
  return {
    ...defaults,
    prefix: checkPrefix(options.prefix ?? ""),
    sources: {
      rules: readRules(options.rules),
      rulesMode: oneOf("rulesMode", options.rulesMode ?? "add", ["add", "override"]),
      generateUnboundMethods: boolean(
        "generateUnboundMethods",
        options.generateUnboundMethods ?? false,
      ),
      repeatedPathVariables: defaults.repeatedPathVariables,
    },
    onConflict: oneOf("onConflict", options.onConflict ?? "error", ["error", "first", "warn"]),
    nativeGrpc: nativeGrpc(options.nativeGrpc ?? true),
    preset,
    json: json({ ...defaults.json, ...options.json }),
    unknownQuery: unknownQuery(options.unknownQuery ?? defaults.unknownQuery),
    pathBodyConflict: oneOf("pathBodyConflict", options.pathBodyConflict ?? "path", [
      "path",
      "reject",
    ]),
    pathUnescape: oneOf("pathUnescape", options.pathUnescape ?? "spec", ["spec", "reserved"]),
    methodOverride: boolean("methodOverride", options.methodOverride ?? defaults.methodOverride),
    patchFieldMask: boolean("patchFieldMask", options.patchFieldMask ?? true),
    closeGraceMs: closeGraceMs(options.closeGraceMs),
    onePort: onePort(options.onePort ?? {}),
    maxBodyBytes: bytes("limits.maxBodyBytes", limits.maxBodyBytes ?? 4 * MIB, 1),
    limits: {
      ...messageLimit("maxRequestBytes", limits),
      ...messageLimit("maxResponseBytes", limits),
    },
    streamFormats: formats(options.streaming?.formats ?? STREAM_FORMATS),
    notFound: oneOf("notFound", options.notFound ?? defaults.notFound, ["app", "table"]),
  };
}

const OPTIONS: Record<keyof FastifyGrpcGatewayOptions, true> = {
  name: true,
  prefix: true,
  proto: true,
  includeDirs: true,
  descriptorSet: true,
  reflection: true,
  schema: true,
  services: true,
  rules: true,
  rulesMode: true,
  generateUnboundMethods: true,
  onConflict: true,
  upstream: true,
  nativeGrpc: true,
  policies: true,
  interceptors: true,
  preset: true,
  json: true,
  unknownQuery: true,
  pathBodyConflict: true,
  pathUnescape: true,
  methodOverride: true,
  headers: true,
  deadline: true,
  limits: true,
  streaming: true,
  notFound: true,
  patchFieldMask: true,
  tenant: true,
  closeGraceMs: true,
  onePort: true,
  errors: true,
};
const SOURCES = ["proto", "descriptorSet", "reflection", "schema"] as const;
const STREAM_FORMATS = ["ndjson", "sse", "json-array"] as const;

/** The members of options that hold options themselves, and values that only their users would trip over. */
function checkMembers(options: FastifyGrpcGatewayOptions): void {
  const {
    name,
    services,
    headers = {},
    streaming = {},
    deadline = {},
    json = {},
    errors,
  } = options;
  checkNames(headers, ["request", "response"], "headers.");
  for (const side of ["request", "response"] as const) {
    checkNames(headers[side] ?? {}, ["allow", "deny", "rename"], `headers.${side}.`);
  }
  checkNames(streaming, ["formats"], "streaming.");
  checkNames(deadline, ["defaultMs", "streamMs", "maxMs"], "deadline.");
  checkNames(json, ["naming", "emit", "enums", "unknownFields", "duplicateKeys"], "json.");
  if (name !== undefined && typeof name !== "string") throw badOption("name", "a text", name);
  if (services !== undefined && !isTextList(services)) {
    throw badOption("services", 'a list such as ["library.v1.*"]', services);
  }
  if (options.tenant !== undefined && typeof options.tenant !== "function") {
    throw badOption("tenant", "a function of the request", options.tenant);
  }
  for (const list of ["policies", "interceptors"] as const) {
    const value: unknown = options[list] ?? [];
    if (!Array.isArray(value) || value.some((one) => typeof one !== "function")) {
      throw badOption(list, "a list of functions", value);
    }
  }
  if (errors !== undefined && typeof errors?.toHttp !== "function") {
    throw badOption("errors", "an error table (createErrorTable of fastify-grpc-errors)", errors);
  }
}

function checkSource(options: FastifyGrpcGatewayOptions): void {
  const given = SOURCES.filter((name) => options[name] !== undefined && options[name] !== false);
  if (given.length === 1) return;
  throw new FST_GRPC_OPTION(
    given.length === 0
      ? `give the schema by one of the options ${SOURCES.join(", ")}: for example proto: "proto"`
      : `options ${given.join(" and ")} name two schemas; give one of them`,
  );
}

/** One limit of messages, or nothing, which leaves it to the transport. */
function messageLimit(
  name: "maxRequestBytes" | "maxResponseBytes",
  limits: NonNullable<FastifyGrpcGatewayOptions["limits"]>,
): MessageLimits {
  const value = limits[name];
  return value === undefined ? {} : { [name]: bytes(`limits.${name}`, value, -1) };
}

function closeGraceMs(value: number | undefined): number | undefined {
  if (value === undefined || (Number.isFinite(value) && value >= 0)) return value;
  throw badOption("closeGraceMs", "a number of milliseconds, 0 or more", value);
}

function nativeGrpc(
  value: NonNullable<FastifyGrpcGatewayOptions["nativeGrpc"]>,
): NativeGrpcOptions | undefined {
  if (value === false) return undefined;
  const { hooks = "run", services = "schema", open = [] } = value === true ? {} : value;
  if (value !== true) checkNames(value, ["hooks", "services", "open"], "nativeGrpc.");
  if (!isTextList(open)) {
    throw badOption("nativeGrpc.open", 'a list such as ["grpc.health.v1.Health"]', open);
  }
  return {
    hooks: oneOf("nativeGrpc.hooks", hooks, ["run", "skip"]),
    services: oneOf("nativeGrpc.services", services, ["schema", "all"]),
    open,
  };
}

const ONE_PORT: Record<keyof OnePortOptions, number> = {
  headersTimeoutMs: 1,
  maxSniffingSockets: 1,
  sessionIdleMs: 0,
  maxConcurrentStreams: 1,
  maxPrematureResets: 1,
  prematureResetMs: 0,
};

function onePort(bounds: OnePortOptions): OnePortOptions {
  checkNames(bounds, Object.keys(ONE_PORT), "onePort.");
  for (const [name, least] of Object.entries(ONE_PORT)) {
    const value = bounds[name as keyof OnePortOptions];
    if (value === undefined || (Number.isSafeInteger(value) && value >= least)) continue;
    throw badOption(`onePort.${name}`, `a whole number, ${least} or more`, value);
  }
  return bounds;
}

function json(options: JsonOptions): JsonOptions {
  oneOf("json.naming", options.naming, ["json", "proto"]);
  oneOf("json.emit", options.emit, ["implicit", "set", "all"]);
  oneOf("json.enums", options.enums, ["name", "number"]);
  oneOf("json.unknownFields", options.unknownFields, ["reject", "ignore"]);
  return options;
}

function unknownQuery(value: RoutingOptions["unknownQuery"]): RoutingOptions["unknownQuery"] {
  if (isTextList(value) || value === "reject" || value === "ignore") return value;
  throw badOption("unknownQuery", '"reject", "ignore" or a list of names to ignore', value);
}

function formats(value: readonly StreamEncoder["name"][]): readonly StreamEncoder["name"][] {
  if (Array.isArray(value) && value.length > 0) {
    return value.map((name) => oneOf("streaming.formats", name, STREAM_FORMATS));
  }
  throw badOption("streaming.formats", `a list of ${STREAM_FORMATS.join(", ")}`, value);
}
