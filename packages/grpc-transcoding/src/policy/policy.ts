import type { CallContext } from "../model/call-context.ts";
import type { Failure } from "../model/failure.ts";
import type { HttpBinding, MethodSchema } from "../model/schema.ts";
import type { AuthContext, Deadline } from "../model/transport.ts";
import type { ErrorResponse } from "../status/error-mapper.ts";

/** The method that a call is for, as it was matched: the only thing that policies may key on. */
export interface CalledMethod {
  /** `"/package.Service/Method"`. */
  readonly path: string;
  /** `"package.Service"`. */
  readonly service: string;
  /** `"Method"`. */
  readonly name: string;
}

/** A call before it reaches its service. */
export interface PolicyCall<Request = unknown> {
  /** Whether it came as an HTTP request of a binding or of `handlePath`, or as native gRPC. */
  readonly protocol: "http" | "grpc";
  /** Undefined for a handler of `handlePath`. */
  readonly method: CalledMethod | undefined;
  /** The HTTP rule that was matched; undefined for native calls and `handlePath`. */
  readonly binding: HttpBinding | undefined;
  /** The name of the gateway, or of the attached server. */
  readonly gateway: string;
  readonly tenant: string | undefined;
  /** As the app's hooks left them; lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Names and values in turn as they came, where {@link headers} has joined or dropped some; undefined where unknown. */
  readonly rawHeaders?: readonly string[] | undefined;
  /** `address:port` of the client, `"unknown"` when it has gone. */
  readonly peer: string;
  /** The security of the connection, with the client's certificate where it was verified; undefined without TLS. */
  readonly authContext?: AuthContext | undefined;
  /** Who is calling, as hooks and the policies before this one have said; undefined for nobody. */
  readonly identity: unknown;
  readonly context: CallContext;
  /** The request that hooks have seen; undefined for a native call that met none. */
  readonly request: Request | undefined;
  /** The HTTP framework's reply; undefined for native calls. A policy that answers by it says `answered`. */
  readonly reply?: unknown;
  /**
   * When the call will end at the latest; undefined for native calls and `handlePath`. Reading it throws a StatusError
   * for a malformed timeout of the client.
   */
  readonly deadline?: Deadline | undefined;
}

/** A metadata value of a verdict: one, several, or none, which removes the key. */
export type MetadataChange = string | Uint8Array | readonly (string | Uint8Array)[] | undefined;

/** Whether what a client, the app or an earlier policy sent under a lower-case metadata key goes. */
export type StripsKey = (key: string) => boolean;

/** What a policy says of a call; nothing lets it pass as it is. */
export type Verdict =
  /** A failure, or an error that has a gRPC status or an HTTP `statusCode`. */
  | { readonly refuse: Failure | Error }
  /** The policy has answered the request itself, by the call's `reply`: there is no call. */
  | { readonly answered: true; readonly refuse?: undefined }
  | {
      readonly refuse?: undefined;
      readonly answered?: undefined;
      /** By key: replaces what the client or an earlier policy sent. `-bin` keys take bytes. */
      readonly metadata?: Readonly<Record<string, MetadataChange>>;
      /** Asked of every other key, after prefixes and renaming: those that nobody but this policy may send. */
      readonly strip?: StripsKey;
      readonly identity?: unknown;
    };

/** A way to authenticate, as OpenAPI documents it. */
export interface SecurityDemand {
  /** The name among the document's `components.securitySchemes`. */
  readonly name: string;
  /** An OpenAPI Security Scheme Object. */
  readonly scheme: object;
  readonly scopes?: readonly string[];
}

/** A header as the document shows it. */
export interface DocumentedHeader {
  /** As it is written: `"Idempotency-Key"`. */
  readonly name: string;
  readonly description: string;
  readonly required?: boolean;
  /** An OpenAPI Schema Object. */
  readonly schema: object;
}

/** The headers that a policy reads and sets over HTTP. */
export interface DocumentedHeaders {
  readonly request: readonly DocumentedHeader[];
  /** Of answers that tell a success. */
  readonly response: readonly DocumentedHeader[];
}

/**
 * Decides on every call of a gateway, whatever its protocol, after the app's hooks and before the transport. One that
 * throws or rejects refuses the call: with the error's own status where it has one (gRPC, or an HTTP
 * `statusCode`), with INTERNAL otherwise. What it answers may be declared, for the document.
 */
export interface Policy<Request = unknown> {
  // biome-ignore lint/suspicious/noConfusingVoidType: a policy that only looks returns nothing.
  (call: PolicyCall<Request>): void | Verdict | Promise<void | Verdict>;
  /** The failures that it answers for a method. */
  readonly responsesOf?: (method: MethodSchema) => readonly ErrorResponse[];
  /** The headers that it reads and sets for a method. */
  readonly headersOf?: (method: MethodSchema) => DocumentedHeaders;
  /** How clients authenticate for a method: any one of these. */
  readonly security?: (method: MethodSchema) => readonly SecurityDemand[];
}
