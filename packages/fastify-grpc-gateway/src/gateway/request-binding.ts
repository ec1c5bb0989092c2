import type { Http2ServerRequest } from "node:http2";
import type { FastifyRequest } from "fastify";
import type { HttpBinding } from "grpc-transcoding";
import { decodeRequest } from "../call/begin-call.ts";
import type { RpcRoute } from "../mount/mounted-route.ts";
import { findSelection, type Selection } from "../mount/route-selection.ts";

/** What `request.grpcBinding` tells of the rpc that a request will call; there from `onRequest` on. */
export interface GrpcBinding {
  /** Full name, for example `"library.v1.LibraryService"`. */
  readonly service: string;
  /** For example `"GetBook"`. */
  readonly method: string;
  /** The path template with the gateway's prefix and the tenant's: the value for `http.route`. */
  readonly template: string;
  /** The name of the gateway. */
  readonly gateway: string;
  readonly binding: HttpBinding;
  /**
   * The request message as JSON, path and query included. Needs the parsed body, so call it in
   * `preValidation` or later. Throws a StatusError for a malformed request.
   */
  decode(): unknown;
}

declare module "fastify" {
  interface FastifyRequest {
    /** The rpc behind this request, or null for routes that no gateway serves. */
    readonly grpcBinding: GrpcBinding | null;
  }
}

/** The value of `request.grpcBinding`. */
export function grpcBindingOf(request: FastifyRequest): GrpcBinding | null {
  const selection = findSelection(request.raw);
  if (selection === undefined || !isRpcSelection(selection)) return null;
  // A more specific route of the app may have taken a request that the table knows as well.
  const { grpcGateway } = request.routeOptions.config;
  if (grpcGateway !== selection.match.route.constraint) return null;
  const { mount, match, prefix, served } = selection;
  const { binding } = match.route;
  return {
    service: binding.method.service.name,
    method: binding.method.name,
    template: prefix + binding.template.text,
    gateway: mount.name,
    binding,
    decode() {
      if (request.body === undefined && binding.body !== undefined && hasBody(request.raw)) {
        throw new Error(
          "request.grpcBinding.decode() needs the body: call it in preValidation or later",
        );
      }
      const bytes = decodeRequest({ route: match.route, request, captures: match.captures });
      return JSON.parse(served.routing.codec.toJson(binding.method.input)(bytes).toString());
    },
  };
}

function hasBody(raw: FastifyRequest["raw"]): boolean {
  if (raw.httpVersionMajor === 2)
    return !(raw as unknown as Http2ServerRequest).stream.endAfterHeaders;
  const { "content-length": length = "0", "transfer-encoding": encoding } = raw.headers;
  return length !== "0" || encoding !== undefined;
}

type RpcSelection = {
  readonly match: { readonly route: RpcRoute; readonly captures: readonly string[] };
};

function isRpcSelection(selection: Selection): selection is Selection & RpcSelection {
  return selection.match.status === 200 && selection.match.route.kind === "rpc";
}
