import type { IncomingHttpHeaders } from "node:http";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { Code, type StatusError } from "grpc-transcoding";
import { gatewayError } from "grpc-transcoding/internal";
import { stripPrefix } from "./url-prefix.ts";

/** What a tenant is told by: a request of HTTP or a native gRPC call as it came, before any hook. */
export interface TenantRequest {
  readonly method: string;
  /** The raw request target; `/package.Service/Method` for native calls. */
  readonly url: string;
  /** As received, lower-case names. */
  readonly headers: IncomingHttpHeaders;
  /** `host`, or `:authority` of HTTP/2, with its port. */
  readonly host: string | undefined;
  /** The address of the connection; undefined once the client has gone. */
  readonly remoteAddress: string | undefined;
  /** Whether the connection to this app is TLS. */
  readonly encrypted: boolean;
}

/** A tenant, and the part of the path that named it. */
export interface TenantChoice {
  readonly tenant: string;
  /**
   * What the tenant takes of the raw path, behind the gateway's own prefix: `"/acme"` of `/acme/v1/items`. Routes see
   * the rest.
   */
  readonly prefix?: string;
}

/**
 * Tells whose a request is; undefined for nobody's, which the gateway's own API serves; false for one that nothing
 * serves, as if it had no route. Asked once, before routing. It is what the request claims: to authorise it is up to the
 * app (`request.rpc.confirmTenant`).
 */
export type TenantSelector = (request: TenantRequest) => string | TenantChoice | false | undefined;

/** What a selector has said of a request, checked. */
export interface SelectedTenant {
  readonly tenant: string | undefined;
  /** `""` for none. */
  readonly prefix: string;
  /** The request's target behind the prefix. */
  readonly rest: string;
  /** Whether no route may serve it. */
  readonly isNowhere: boolean;
  /** Set where nobody can tell: no request may be served then. */
  readonly failure: StatusError | undefined;
}

/** A request as a selector sees it. What is costly to find out waits until it is asked for. */
class AskedRequest implements TenantRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly #socket: Partial<Socket & TLSSocket> | undefined;

  constructor(raw: RawRequest) {
    this.method = raw.method ?? "GET";
    this.url = raw.url ?? "/";
    this.headers = raw.headers;
    this.#socket = raw.socket;
  }

  get host(): string | undefined {
    const authority = this.headers[":authority"];
    return typeof authority === "string" ? authority : this.headers.host;
  }

  get remoteAddress(): string | undefined {
    return this.#socket?.remoteAddress;
  }

  get encrypted(): boolean {
    return this.#socket?.encrypted === true;
  }
}

/** The members of a request, or of a stream, that a selector is told of. */
export interface RawRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly socket?: object | undefined;
}

/**
 * Asks a selector. `target` is the request's target behind the gateway's prefix. Never throws: one that fails,
 * or that answers with something else than a tenant, is a failure to answer with.
 */
export function askTenant(
  selector: TenantSelector,
  request: RawRequest,
  target: string,
): SelectedTenant {
  try {
    const chosen: unknown = selector(new AskedRequest(request));
    if (chosen === undefined) return nobody(target);
    if (chosen === false) return { ...nobody(target), isNowhere: true };
    if (typeof chosen === "string") return select(chosen, "", target);
    if (typeof chosen !== "object" || chosen === null) throw wrongShape();
    const { tenant, prefix = "", then } = chosen as Record<string, unknown>;
    if (typeof then === "function") throw asynchronous(chosen as PromiseLike<unknown>);
    return select(tenant, prefix, target);
  } catch (cause) {
    return { ...nobody(target), failure: unknownTenant(cause) };
  }
}

function nobody(rest: string): SelectedTenant {
  return { tenant: undefined, prefix: "", rest, isNowhere: false, failure: undefined };
}

function select(tenant: unknown, prefix: unknown, target: string): SelectedTenant {
  if (typeof tenant !== "string" || tenant === "" || typeof prefix !== "string") throw wrongShape();
  if (prefix === "") return { ...nobody(target), tenant };
  const isPath = /^\/[^?#]*$/.test(prefix) && !prefix.endsWith("/");
  const rest = isPath ? stripPrefix(prefix, target) : undefined;
  if (rest === undefined) {
    throw new TypeError(
      `the prefix ${JSON.stringify(prefix)} is no beginning of the request's raw path behind the gateway's prefix`,
    );
  }
  return { ...nobody(rest), tenant, prefix };
}

function wrongShape(): TypeError {
  return new TypeError(
    "it must answer with a text that is not empty, { tenant, prefix }, false, or undefined",
  );
}

/** Nobody awaits it, so its rejection would end the process. */
function asynchronous(promise: PromiseLike<unknown>): TypeError {
  Promise.resolve(promise).catch(() => {});
  return new TypeError("it must not be async: the tenant chooses the route");
}

function unknownTenant(cause: unknown): StatusError {
  return gatewayError("the tenant of the request could not be told", {
    code: Code.INTERNAL,
    http: { statusCode: 500 },
    cause,
  });
}
