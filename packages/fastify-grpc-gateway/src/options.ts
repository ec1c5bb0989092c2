import type {
  BindingSources,
  DeadlineOptions,
  DescriptorSetSource,
  ErrorMapper,
  HeaderRules,
  JsonOptions,
  OnConflict,
  ReadySource,
  StreamEncoder,
} from "grpc-transcoding";
import { FST_GRPC_OPTION } from "./errors.ts";
import { type Preset, type PresetName, presets } from "./presets.ts";
import { readRules } from "./rules-source.ts";
import type { MessageLimits } from "./transport/message-limits.ts";
import type { Upstream } from "./upstream.ts";

/** Options of `app.register(grpcGateway, options)`. One of `proto`, `descriptorSet`, `reflection`, `schema` is needed. */
export interface FastifyGrpcGatewayOptions {
  /** Unique in the app. @default the URL prefix, or `"default"` */
  readonly name?: string;
  /** A URL prefix of all routes, behind that of the scope: `"/api"`. */
  readonly prefix?: string;
  /** `.proto` files, directories or globs. */
  readonly proto?: string | readonly string[];
  /** Where imports are looked for, before the files that come with this project. */
  readonly includeDirs?: readonly string[];
  /** A file of `protoc -o` or `buf build -o`, its bytes, or the message. */
  readonly descriptorSet?: DescriptorSetSource["descriptorSet"];
  /** Asks the upstream by server reflection. */
  readonly reflection?: boolean;
  /** A schema that was loaded before, or a registry of protobuf-es. */
  readonly schema?: ReadySource["schema"];
  /** The services to serve: full names, or prefixes such as `"library.v1.*"`. @default all */
  readonly services?: readonly string[];
  /**
   * Further http rules, with selectors: a service config (google.api.Service) or a list of rules, as data
   * or as the path of a YAML or JSON file.
   */
  readonly rules?: unknown;
  /** Whether `rules` stand beside the annotations of their methods, or replace them. @default "add" */
  readonly rulesMode?: "add" | "override";
  /** Gives each method without a rule `POST /package.Service/Method` with body `*`. @default false */
  readonly generateUnboundMethods?: boolean;
  /** What two bindings of the same requests do: keep the gateway from starting, or let the first be reached. @default "error" */
  readonly onConflict?: OnConflict;
  /** Where calls go. */
  readonly upstream: Upstream;
  /** Native gRPC on the app's port. @default true */
  readonly nativeGrpc?: boolean;
  /** A set of defaults. @default "standard" */
  readonly preset?: PresetName;
  /** How messages look as JSON. */
  readonly json?: Partial<JsonOptions>;
  /** What a query parameter without a field does; a list names those to ignore. @default "reject" */
  readonly unknownQuery?: "reject" | "ignore" | readonly string[];
  /** What a body does that sets a path-bound field to another value: the path wins, or 400. @default "path" */
  readonly pathBodyConflict?: "path" | "reject";
  /** Which escapes a multi-segment variable keeps. @default "spec" */
  readonly pathUnescape?: "spec" | "reserved";
  /** Which request headers become metadata, and which metadata becomes response headers. */
  readonly headers?: { readonly request?: HeaderRules; readonly response?: HeaderRules };
  /** How long calls may take. */
  readonly deadline?: DeadlineOptions;
  readonly limits?: {
    /** The largest HTTP body, in bytes; Fastify's `bodyLimit` where that is smaller. @default 4 MiB */
    readonly maxBodyBytes?: number;
    /**
     * The largest protobuf request message, in bytes; -1 for none.
     * @default the `grpc.max_receive_message_length` of a server of this process, else 4 MiB
     */
    readonly maxRequestBytes?: number;
    /** The largest protobuf response message, in bytes; -1 for none. @default 4 MiB */
    readonly maxResponseBytes?: number;
  };
  /** The formats of server streams, the default first. @default ["ndjson", "sse", "json-array"] */
  readonly streaming?: { readonly formats?: readonly StreamEncoder["name"][] };
  /** Whether an unknown path under the prefix is the app's 404, or answered by the error table. @default "app" */
  readonly notFound?: "app" | "table";
  /** Whether a PATCH without a field mask gets one from its body. @default true */
  readonly patchFieldMask?: boolean;
  /**
   * How long calls may go on once the app closes, in milliseconds; then they end with UNAVAILABLE.
   * @default 5000, or 0 for an app with `forceCloseConnections: true`
   */
  readonly closeGraceMs?: number;
  /** The error table. @default that of fastify-grpc-errors in this scope, else google.rpc.Code's own */
  readonly errors?: ErrorMapper;
}

/** The options that routes are compiled with. */
export interface RoutingOptions
  extends Pick<
    Preset,
    "json" | "textDialect" | "formBodies" | "httpBodyRequests" | "contentTypes"
  > {
  readonly sources: BindingSources;
  readonly unknownQuery: "reject" | "ignore" | readonly string[];
  readonly pathBodyConflict: "path" | "reject";
  readonly pathUnescape: "spec" | "reserved";
  readonly patchFieldMask: boolean;
}

/** All options with their defaults. */
export interface ResolvedOptions extends RoutingOptions {
  readonly prefix: string;
  readonly onConflict: OnConflict;
  readonly nativeGrpc: boolean;
  readonly preset: PresetName;
  readonly wrongMethod: 405 | 501;
  readonly maxBodyBytes: number;
  /** Undefined: by the app. */
  readonly closeGraceMs: number | undefined;
  readonly limits: MessageLimits;
  readonly streamFormats: readonly StreamEncoder["name"][];
  readonly streamEnvelope: Preset["streamEnvelope"];
  readonly trailers: Preset["trailers"];
  readonly notFound: "app" | "table";
}

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
    },
    onConflict: oneOf("onConflict", options.onConflict ?? "error", ["error", "first", "warn"]),
    nativeGrpc: boolean("nativeGrpc", options.nativeGrpc ?? true),
    preset,
    json: json({ ...defaults.json, ...options.json }),
    unknownQuery: unknownQuery(options.unknownQuery ?? defaults.unknownQuery),
    pathBodyConflict: oneOf("pathBodyConflict", options.pathBodyConflict ?? "path", [
      "path",
      "reject",
    ]),
    pathUnescape: oneOf("pathUnescape", options.pathUnescape ?? "spec", ["spec", "reserved"]),
    patchFieldMask: boolean("patchFieldMask", options.patchFieldMask ?? true),
    closeGraceMs: closeGraceMs(options.closeGraceMs),
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
  preset: true,
  json: true,
  unknownQuery: true,
  pathBodyConflict: true,
  pathUnescape: true,
  headers: true,
  deadline: true,
  limits: true,
  streaming: true,
  notFound: true,
  patchFieldMask: true,
  closeGraceMs: true,
  errors: true,
};
const SOURCES = ["proto", "descriptorSet", "reflection", "schema"] as const;
const STREAM_FORMATS = ["ndjson", "sse", "json-array"] as const;

function bad(option: string, expected: string, value: unknown): Error {
  const found = typeof value === "function" ? "a function" : (JSON.stringify(value) ?? "undefined");
  return new FST_GRPC_OPTION(`option "${option}" must be ${expected}; got ${found.slice(0, 100)}`);
}

function checkNames(options: object, known: readonly string[], path: string): void {
  if (typeof options !== "object" || options === null) {
    throw bad(path.slice(0, -1) || "options", "an object", options);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new FST_GRPC_OPTION(`unknown option "${path}${name}"; known are ${known.join(", ")}`);
  }
}

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
  if (name !== undefined && typeof name !== "string") throw bad("name", "a text", name);
  if (services !== undefined && !isTextList(services)) {
    throw bad("services", 'a list such as ["library.v1.*"]', services);
  }
  if (errors !== undefined && typeof errors?.toHttp !== "function") {
    throw bad("errors", "an error table (createErrorTable of fastify-grpc-errors)", errors);
  }
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
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

function oneOf<T extends string>(option: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw bad(option, allowed.map((one) => JSON.stringify(one)).join(" or "), value);
}

function boolean(option: string, value: boolean): boolean {
  if (typeof value === "boolean") return value;
  throw bad(option, "true or false", value);
}

function bytes(option: string, value: number, least: -1 | 1): number {
  if (Number.isInteger(value) && (value > 0 || value === least)) return value;
  throw bad(
    option,
    `a number of bytes above 0${least === -1 ? ", or -1 for no limit" : ""}`,
    value,
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

/**
 * Checks a URL prefix, the one of the option or that of the scope before it. Throws FST_GRPC_OPTION.
 * RFC 3986 unreserved characters only: Fastify's router would read others as a pattern, or never match.
 */
export function checkPrefix(value: string): string {
  const isPath = typeof value === "string" && /^(?:\/[A-Za-z0-9._~-]+)*$/.test(value);
  if (isPath && !value.split("/").some((segment) => segment === "." || segment === "..")) {
    return value;
  }
  throw bad("prefix", 'a path such as "/api", of letters, digits and -._~ between slashes', value);
}

function closeGraceMs(value: number | undefined): number | undefined {
  if (value === undefined || (Number.isFinite(value) && value >= 0)) return value;
  throw bad("closeGraceMs", "a number of milliseconds, 0 or more", value);
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
  throw bad("unknownQuery", '"reject", "ignore" or a list of names to ignore', value);
}

function formats(value: readonly StreamEncoder["name"][]): readonly StreamEncoder["name"][] {
  if (Array.isArray(value) && value.length > 0) {
    return value.map((name) => oneOf("streaming.formats", name, STREAM_FORMATS));
  }
  throw bad("streaming.formats", `a list of ${STREAM_FORMATS.join(", ")}`, value);
}
