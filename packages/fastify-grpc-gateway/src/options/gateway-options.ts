import type { FastifyRequest } from "fastify";
import type {
  CreateValidator,
  DescriptorSetSource,
  ErrorMapper,
  HeaderRules,
  Interceptor,
  JsonOptions,
  MetadataEntry,
  OnConflict,
  Policy,
  QueryDialect,
  ReadySource,
  StreamFormat,
} from "grpc-transcoding";
import type { DeadlineOptions } from "grpc-transcoding/internal";
import type { TenantSelector } from "../mount/tenant-selector.ts";
import type { OnePortOptions } from "../one-port/port-split.ts";
import type { Upstream } from "../transport/upstream.ts";
import type { PresetName } from "./preset.ts";

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
  /** Native gRPC on the app's port; `true` for all defaults of its own options. @default true */
  readonly nativeGrpc?: boolean | NativeGrpcOptions;
  /** Answers for probes of load balancers and Kubernetes; `true` for all defaults of its own options. @default false */
  readonly health?: boolean | HealthOptions;
  /** A set of defaults. @default "standard" */
  readonly preset?: PresetName;
  /** How messages look as JSON. */
  readonly json?: Partial<GatewayJsonOptions>;
  /**
   * Whether clients choose the fields of a response, by the parameters `fields` and `$fields` and the header
   * `X-Goog-FieldMask` (AIP-157). @default false
   */
  readonly partialResponses?: boolean;
  /** Whether `?pretty` lays a single response out for people to read. @default false */
  readonly prettyPrint?: boolean;
  /** What a query parameter without a field does; a list names those to ignore. @default "reject" */
  readonly unknownQuery?: "reject" | "ignore" | readonly string[];
  /**
   * Whether REST requests are held to the rules of buf.validate before they reach their service, by
   * @bufbuild/protovalidate, which has to be installed; or its `createValidator`. @default false
   */
  readonly validate?: boolean | CreateValidator;
  /** How queries spell lists and messages; docs/rest.md#queries. */
  readonly query?: Partial<QueryDialect>;
  /** What a body does that sets a path-bound field to another value: the path wins, or 400. @default "path" */
  readonly pathBodyConflict?: "path" | "reject";
  /** Which escapes a multi-segment variable keeps. @default "spec" */
  readonly pathUnescape?: "spec" | "reserved";
  /**
   * Lets a POST with the content type `application/x-www-form-urlencoded` name its method by
   * `X-HTTP-Method-Override`, or reach a GET route where no POST route is. Whoever guards routes by their method
   * before the gateway (a proxy, a web application firewall, a hook) sees a POST.
   * @default false; true in the preset "grpc-gateway"
   */
  readonly methodOverride?: boolean;
  /** Run in order before each call of every protocol; each lets it pass, changes or refuses it. @default [] */
  readonly policies?: readonly Policy<FastifyRequest>[];
  /** Around each call of every protocol, the first one outermost. @default [] */
  readonly interceptors?: readonly Interceptor[];
  /**
   * What the HTTP requests and answers of methods are beyond their http rules, by method or by a prefix such as
   * `"library.v1.*"`: the words of `(fastify.grpc.v1.method)`, member by member instead of it. Under a prefix a
   * member counts for those methods that can have it. @default {}
   */
  readonly methods?: Readonly<Record<string, MethodHttpOptions>>;
  /** Which request headers become metadata, and which metadata becomes response headers. */
  readonly headers?: { readonly request?: HeaderRules; readonly response?: HeaderRules };
  /**
   * Metadata that the app itself gives a call, after its hooks: each entry replaces all that headers made
   * of its key. An entry that cannot be sent is a 500. @default none
   */
  readonly metadata?: (request: FastifyRequest) => Iterable<MetadataEntry> | undefined;
  /** How long calls may take. */
  readonly deadline?: GatewayDeadlineOptions;
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
  /** How streams of messages are sent and received. */
  readonly streaming?: StreamingOptions;
  /** Whether an unknown path under the prefix is the app's 404, or answered by the error table. @default "app" */
  readonly notFound?: "app" | "table";
  /** Whether a PATCH without a field mask gets one from its body. @default true */
  readonly patchFieldMask?: boolean;
  /**
   * The tenant of a request or native call; undefined for none. Asked once, with the request as it came, before
   * routing: the tenant chooses schema, routes and transport (`app.grpcGateway().tenants`), and rules of the error
   * table go by it. One that throws, or answers with something else, is a 500. It is what the request claims: to
   * authorise it is up to the app (`request.rpc.confirmTenant`).
   */
  readonly tenant?: TenantSelector;
  /**
   * How long calls may go on once the app closes, in milliseconds; then they end with UNAVAILABLE.
   * @default 5000, or 0 for an app with `forceCloseConnections: true`
   */
  readonly closeGraceMs?: number;
  /** Bounds on what the clients of the port may hold open or do; docs/one-port.md has them all. One set for an app. */
  readonly onePort?: OnePortOptions;
  /** The error table. @default that of fastify-grpc-errors in this scope, else google.rpc.Code's own */
  readonly errors?: ErrorMapper;
}

/** How streams of messages are sent and received. */
export interface StreamingOptions {
  /** The formats of server streams, by name or encoders of one's own, the default first. @default ["ndjson", "sse", "json-array"] */
  readonly formats?: readonly StreamFormat[];
  /**
   * What a failure does to a stream that has begun, behind the line or event that tells it: the response breaks
   * off (HTTP/2: the stream is reset; HTTP/1.1: the connection is closed within the chunked body), so that nobody takes
   * it for complete, or it ends as others do.
   * @default "abort"; "end" in the preset "grpc-gateway"
   */
  readonly onError?: "abort" | "end";
  /**
   * How long an event stream may have nothing to send, in milliseconds, until a comment is sent; the first one may begin the
   * response, so that an `EventSource` opens. 0 for none. @default 15_000
   */
  readonly heartbeatMs?: number;
  /**
   * The fields of server-sent events, by method: instead of what `(fastify.grpc.v1.method).stream` names, member by member.
   * @default {}
   */
  readonly events?: Readonly<Record<string, MethodEventFields>>;
  /** How many bytes of a request body become one google.api.HttpBody of a streamed request at most. @default 65536 */
  readonly chunkBytes?: number;
  /**
   * Downloads that answer `Range`, beside those that declare it by `(fastify.grpc.v1.method)`: selectors such as
   * `"library.v1.Library.GetCover"` or `"library.v1.*"`. Their services read `range` and `if-range` of the call's metadata.
   * @default []
   */
  readonly ranges?: readonly string[];
}

/** What a method's HTTP requests and answers are; fields are paths in proto names: `"book.name"`. */
export interface MethodHttpOptions {
  /** What a successful answer is beside its body. */
  readonly success?: {
    /** From 200 to 399. @default 200 */
    readonly status?: number;
    /** The header Location: a path template over the response, behind the gateway's prefix. */
    readonly location?: string;
    /** What the service may answer instead, by the metadata `x-http-code`. */
    readonly statuses?: readonly number[];
    /** The header Cache-Control, where the service's metadata has none. */
    readonly cacheControl?: string;
    /** Whether the metadata `set-cookie` becomes the header. */
    readonly setCookie?: boolean;
    /** Of methods that answer google.protobuf.Empty: 204 without a body. */
    readonly noContent?: boolean;
  };
  /** The state of a resource as an entity tag. */
  readonly etag?: {
    /** Of the response, a string: the header ETag. */
    readonly field?: string;
    /** Of the request, a string: takes If-Match. */
    readonly ifMatch?: string;
    /** Whether a request without it is refused (428). */
    readonly required?: boolean;
    /** Whether the fields hold the tag without its quotes. */
    readonly bare?: boolean;
    /** Whether the tag is made from the body, in place of `field`. */
    readonly hash?: boolean;
  };
  /** Request fields that headers and cookies fill. */
  readonly sources?: readonly {
    readonly field: string;
    readonly header?: string;
    readonly cookie?: string;
    readonly required?: boolean;
  }[];
  /** Response fields that are headers as well. */
  readonly headers?: readonly { readonly header: string; readonly field: string }[];
  /** How queries spell lists and messages. */
  readonly query?: Partial<QueryDialect>;
  /** The media types of answers: of methods with one verb and path, Accept chooses. */
  readonly produces?: readonly string[];
  /** The media types of bodies: of methods with one verb and path, Content-Type chooses. */
  readonly consumes?: readonly string[];
}

/** The fields of one method's server-sent events, as paths in proto names: `"book.name"`. */
export interface MethodEventFields {
  /** Of the response, a string or an integer: the event's id. */
  readonly eventId?: string;
  /** Of the response, a string or an enum: the event's type. */
  readonly event?: string;
  /** Of the response, an integer of milliseconds or a google.protobuf.Duration: the time to wait before a client comes back. */
  readonly retry?: string;
  /** Of the request, a string or an integer: takes the `Last-Event-ID` of a client that comes back. */
  readonly lastEventId?: string;
}

/** How long calls may take, of all methods and of single ones. */
export interface GatewayDeadlineOptions extends DeadlineOptions {
  /**
   * Milliseconds by method, or by a prefix such as `"library.v1.Library.*"`, where the client names no timeout: instead
   * of `(fastify.grpc.v1.method).deadline`, `defaultMs` and `streamMs`. @default {}
   */
  readonly methods?: Readonly<Record<string, number>>;
}

/** How messages look as JSON, as far as users choose. */
export type GatewayJsonOptions = Omit<JsonOptions, "unknownAny">;

/** How an app tells whether it is alive, and ready for calls. Its gateways with this option tell it together. */
export interface HealthOptions {
  /** The page of a process that is alive, whatever else fails, below the scope's prefix. @default "/healthz" */
  readonly livePath?: string;
  /** The page of an app that takes calls: 503 while an upstream that it requires does not serve, and once it closes. @default "/readyz" */
  readonly readyPath?: string;
  /** Whether the app is ready only while the gateway's upstream serves, by grpc.health.v1, or answers at all. @default false */
  readonly requireUpstream?: boolean;
  /** How long an upstream may take to tell its health, in milliseconds. @default 1000 */
  readonly checkTimeoutMs?: number;
  /** How long the app goes on to take calls after `close` has made it unready, in milliseconds. @default 0 */
  readonly preStopDelayMs?: number;
}

/** How native gRPC calls are served on the app's port. */
export interface NativeGrpcOptions {
  /** Whether the hooks of the gateway's scope run before native calls. @default "run" */
  readonly hooks?: "run" | "skip";
  /** What is passed on to a remote upstream: services of the schema and health checks, or all. @default "schema" */
  readonly services?: "schema" | "all";
  /** Full names of services whose native calls pass no hooks. @default [] */
  readonly open?: readonly string[];
}
