import type { FieldPath } from "./field-path.ts";
import type { PathTemplate } from "./path-template.ts";
import type { QueryDialect } from "./query-dialect.ts";

/** A path template over the fields of a message, to make a path of them. */
export interface MessageTemplate {
  readonly template: PathTemplate;
  /** Those of the template's variables, in their order. */
  readonly fields: readonly FieldPath[];
}

/** What a successful answer is beside its body. */
export interface SuccessRule {
  /** 200 to 399. */
  readonly status: number;
  /** The header Location, over the response. */
  readonly location: MessageTemplate | undefined;
  /** What the service may answer instead, by the metadata `x-http-code`. */
  readonly statuses: readonly number[];
  /** The header Cache-Control, where the service's metadata has none; `""` for none. */
  readonly cacheControl: string;
  /** Whether the metadata `set-cookie` becomes the header. */
  readonly setCookie: boolean;
}

/** The state of a resource as an entity tag (RFC 9110, section 8.8.3; AIP-154). */
export interface EtagRule {
  /** The field of the response that is the header ETag. */
  readonly field: FieldPath | undefined;
  /** The field of the request that takes the header If-Match. */
  readonly ifMatch: FieldPath | undefined;
  /** Whether a request without one is refused (428). */
  readonly required: boolean;
  /** Whether the fields hold the tag without its quotes. */
  readonly bare: boolean;
  /** Whether the tag is made from the body. */
  readonly hash: boolean;
}

/** A header or a cookie that fills a field of the request. */
export interface FieldSource {
  readonly field: FieldPath;
  readonly in: "header" | "cookie";
  /** Lower case where it is a header. */
  readonly name: string;
  readonly required: boolean;
}

/** A field of the response that is also a header. */
export interface FieldHeader {
  /** Lower case. */
  readonly header: string;
  readonly field: FieldPath;
}

/**
 * What a method's HTTP requests and answers are beyond google.api.http: by `(fastify.grpc.v1.method)`, or by the same
 * words of an option. Absent members say nothing.
 */
export interface RestRule {
  readonly success?: SuccessRule;
  readonly etag?: EtagRule;
  readonly sources?: readonly FieldSource[];
  readonly headers?: readonly FieldHeader[];
  /** How queries spell lists and messages. */
  readonly query?: Partial<QueryDialect>;
  /** The media types of answers, lower case: of methods with one verb and path, Accept chooses. */
  readonly produces?: readonly string[];
  /** The media types of bodies, lower case: of methods with one verb and path, Content-Type chooses. */
  readonly consumes?: readonly string[];
}
