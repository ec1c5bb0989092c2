import type { FastifyInstance, FastifyRequest } from "fastify";
import { CallContext, Code, type HttpBinding } from "grpc-transcoding";
import { gatewayError } from "grpc-transcoding/internal";
import { findSelection, type Selection } from "../mount/route-selection.ts";
import { contextOfNative } from "./native-call.ts";
import { nativeCallOf } from "./native-scope.ts";

/** What all calls of a gateway have in common, however they came. */
interface GatewayRequest {
  readonly protocol: "http" | "grpc";
  /** The name of the gateway, or of the attached server. */
  readonly gateway: string;
  /** Whose call it is, as the request itself claims, by the gateway's option `tenant`. */
  readonly tenant: string | undefined;
  /**
   * Holds a verified claim against the request's tenant: throws a StatusError PERMISSION_DENIED (403) where that is
   * another, or none. A claim never selects a tenant.
   */
  confirmTenant(name: string): void;
  /** What hooks, policies and interceptors tell each other of the call. */
  readonly context: CallContext;
}

/** A request that calls a method. */
export interface RpcRequest extends GatewayRequest {
  readonly kind: "rpc";
  /** Full name, for example `"library.v1.LibraryService"`. */
  readonly service: string;
  /** For example `"GetBook"`. */
  readonly method: string;
  /** The HTTP rule that was matched; undefined for native calls. */
  readonly binding: HttpBinding | undefined;
  /** The path template with the gateway's prefix and the tenant's, `http.route`; undefined for native calls. */
  readonly template: string | undefined;
}

/** A request of a handler of `handlePath`. */
export interface PathRequest extends GatewayRequest {
  readonly kind: "path";
  readonly protocol: "http";
  readonly service: undefined;
  readonly method: undefined;
  readonly binding: undefined;
  readonly template: string;
}

declare module "fastify" {
  interface FastifyRequest {
    /**
     * What this request calls in a gateway, from `onRequest` on, REST and native gRPC alike; null for the app's own
     * routes. The one thing for guards to key on.
     */
    readonly rpc: RpcRequest | PathRequest | null;
  }
}

/** Puts `request.rpc` on an app's requests. */
export function decorateRpc(fastify: FastifyInstance): void {
  if (fastify.hasRequestDecorator("rpc")) return;
  fastify.decorateRequest("rpc", {
    getter(this: FastifyRequest) {
      return requestRpc(this);
    },
  });
}

/** The value of `request.rpc`. */
function requestRpc(request: FastifyRequest): RpcRequest | PathRequest | null {
  const native = nativeCallOf(request.raw);
  if (native !== undefined) {
    const { method, gateway, tenant } = native;
    return {
      kind: "rpc",
      protocol: "grpc",
      service: method.service,
      method: method.name,
      gateway,
      tenant,
      binding: undefined,
      template: undefined,
      context: contextOfNative(native, request),
      confirmTenant,
    };
  }
  const selection = selectionFor(request);
  return selection === undefined ? null : restRpc(selection, request);
}

// One function for all requests: `request.rpc` is made anew whenever it is read.
function confirmTenant(this: Pick<GatewayRequest, "tenant">, name: string): void {
  // A claim that is missing confirms nothing, not even that there is no tenant.
  if (this.tenant !== undefined && this.tenant === name) return;
  throw gatewayError("the caller is not one of the tenant that the request names", {
    code: Code.PERMISSION_DENIED,
    reason: "TENANT_MISMATCH",
  });
}

/** The context of a request that a gateway's route serves; the same one each time. */
export function contextOf(selection: Selection, request: FastifyRequest): CallContext {
  selection.context ??= new CallContext(request);
  return selection.context;
}

/** The selection of a request that reached the route which was selected; a more specific one may have taken it. */
function selectionFor(request: FastifyRequest): Selection | undefined {
  const selection = findSelection(request.raw);
  if (selection?.match.status !== 200) return undefined;
  const { grpcGateway } = request.routeOptions.config;
  return grpcGateway === selection.match.route.constraint ? selection : undefined;
}

function restRpc(selection: Selection, request: FastifyRequest): RpcRequest | PathRequest | null {
  const { mount, match, tenant, prefix } = selection;
  if (match.status !== 200) return null;
  const { route } = match;
  const common = {
    protocol: "http",
    gateway: mount.name,
    tenant,
    template: prefix + route.template.text,
    context: contextOf(selection, request),
    confirmTenant,
  } as const;
  if (route.kind === "path") {
    return {
      ...common,
      kind: "path",
      service: undefined,
      method: undefined,
      binding: undefined,
    };
  }
  const { binding } = route;
  const { name, service } = binding.method;
  return { ...common, kind: "rpc", service: service.name, method: name, binding };
}
