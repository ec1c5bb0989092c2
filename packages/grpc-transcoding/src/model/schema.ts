import type {
  DescEnum,
  DescEnumValue,
  DescExtension,
  DescField,
  DescMessage,
  DescMethod,
  DescOneof,
  DescService,
  FileRegistry,
} from "@bufbuild/protobuf";
import type { CodeName } from "./code.ts";
import type { FieldPath } from "./field-path.ts";
import type { PathTemplate } from "./path-template.ts";
import type { RestRule } from "./rest-rule.ts";
import type { TransportMethod } from "./transport.ts";

/** A descriptor that can carry a comment. */
export type CommentedDescriptor =
  | DescMessage
  | DescField
  | DescOneof
  | DescEnum
  | DescEnumValue
  | DescExtension
  | DescService
  | DescMethod;

/** The comment of a declaration, without its comment marks. */
export interface Comment {
  readonly leading: string;
  readonly trailing: string;
}

/** Where a declaration stands in its source, for messages: 1-based line and column. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A failure that a method declares by `(fastify.grpc.v1.method)` or `(fastify.grpc.v1.service)`. */
export interface ErrorDeclaration {
  readonly code: CodeName;
  readonly reason: string;
  readonly domain: string;
  readonly message: string;
  /** The request fields that the error is about. */
  readonly details: readonly string[];
  readonly detailTypes: readonly string[];
  /** 0 when the error table decides. */
  readonly httpStatus: number;
  readonly retryable: boolean;
}

/**
 * The fields that a method's server-sent events take their lines from, and the request field of `Last-Event-ID`; by
 * `(fastify.grpc.v1.method).stream`, or by an option of the gateway.
 */
export interface EventFields {
  /** Of the response: a string or an integer. */
  readonly eventId?: FieldPath;
  /** Of the response: a string or an enum. */
  readonly event?: FieldPath;
  /** Of the response: an integer of milliseconds, or a google.protobuf.Duration. */
  readonly retry?: FieldPath;
  /** Of the request: a string or an integer. */
  readonly lastEventId?: FieldPath;
}

/** A field of the request that a token's claim fills. */
export interface ClaimField {
  readonly field: DescField;
  /** The claim's name, or the names on the way into an object. */
  readonly claim: readonly [string, ...string[]];
}

/** Who may call a method, by `(fastify.grpc.v1.method).auth`, else by that of its service. */
export interface AuthRule {
  /** The token has one of these, each a list of scopes of which it has all; undefined where nothing is said. */
  readonly scopes: readonly (readonly string[])[] | undefined;
  /** Whether calls without a token pass; undefined where nothing is said. */
  readonly anonymous: boolean | undefined;
  /** The fields that the token fills. */
  readonly claims: readonly ClaimField[];
}

/** Where a rule came from: an annotation, a service config, a call of the API, or the default `POST /Service/Method`. */
export type RuleSource = "annotation" | "config" | "api" | "unbound";

/** A variable of the template with the request field that it fills. */
export interface PathVariable {
  readonly field: FieldPath;
  /** Index into the template's variables. */
  readonly index: number;
}

/** One HTTP route of one method, resolved against its messages: what google.api.HttpRule says, checked. */
export interface HttpBinding {
  readonly method: MethodSchema;
  /** 0 for the rule itself, 1 and up for `additional_bindings`. */
  readonly index: number;
  /** `GET`, `POST`, ... or a custom kind; `*` for any method. */
  readonly httpMethod: string;
  readonly template: PathTemplate;
  readonly pathVariables: readonly PathVariable[];
  /** `"*"`: the body is the request message; a field: the body is that field; undefined: no body. */
  readonly body: "*" | DescField | undefined;
  /** The field whose value is the whole response, or undefined for the response message. */
  readonly responseBody: DescField | undefined;
  /** Whether it is a download that answers `Range`, as its method or an option declares. */
  readonly ranges: boolean;
  readonly source: RuleSource;
  readonly location: SourceLocation | undefined;
}

/** One rpc of a service, with its HTTP bindings resolved. */
export interface MethodSchema extends TransportMethod {
  /** Name within the service, for example `"GetBook"`. */
  readonly name: string;
  readonly service: ServiceSchema;
  readonly desc: DescMethod;
  readonly input: DescMessage;
  readonly output: DescMessage;
  /** The main rule first, then `additional_bindings`; empty for a method without a rule. */
  readonly bindings: readonly HttpBinding[];
  /** Declared on the method, then those of its service. */
  readonly errors: readonly ErrorDeclaration[];
  /** Whether it answers `Range`, as `(fastify.grpc.v1.method).stream` declares. */
  readonly ranges: boolean;
  readonly events: EventFields;
  /** How long a call may take by `(fastify.grpc.v1.method).deadline`, in milliseconds above 0; undefined where it says nothing. */
  readonly deadlineMs: number | undefined;
  /** Whether requests must have an Idempotency-Key, or may, by `(fastify.grpc.v1.method).idempotency`; undefined where it says nothing. */
  readonly idempotencyKey: "required" | "optional" | undefined;
  /** What its HTTP requests and answers are beyond google.api.http, as `(fastify.grpc.v1.method)` declares. */
  readonly rest: RestRule;
  readonly auth: AuthRule;
  readonly location: SourceLocation | undefined;
}

/** One service with its methods in declaration order. */
export interface ServiceSchema {
  /** Full name, for example `"library.v1.LibraryService"`. */
  readonly name: string;
  readonly desc: DescService;
  readonly methods: readonly MethodSchema[];
}

/**
 * Everything that is known of a set of protos: the one source of routes, codecs, errors and
 * documents. Immutable; a reload makes a new one.
 */
export interface Schema {
  /** All descriptors, extensions included; `google.protobuf.Any` is resolved here. */
  readonly registry: FileRegistry;
  readonly services: readonly ServiceSchema[];
  /** Undefined where the source had none, or was loaded without comments (reflection). */
  comment(descriptor: CommentedDescriptor): Comment | undefined;
  location(descriptor: CommentedDescriptor): SourceLocation | undefined;
}
