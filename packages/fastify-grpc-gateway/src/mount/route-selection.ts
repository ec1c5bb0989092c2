import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type {
  CallContext,
  JsonCodec,
  RouteMatch,
  RouteTable,
  Schema,
  StatusError,
  Transport,
} from "grpc-transcoding";
import type { InFlight } from "./in-flight.ts";
import type { MountedRoute, PathPolicies } from "./mounted-route.ts";

/** The Fastify constraint key of all gateways. */
export const CONSTRAINT = "grpcGateway";

const mountsKey = Symbol.for("fastify-grpc.mounts.v1");
const selectionKey = Symbol.for("fastify-grpc.selection.v1");
const presetKey = Symbol.for("fastify-grpc.preset-constraint.v1");

/**
 * What a mount says to a request; 404 only from one that answers for unknown paths under its prefix, 500 where it could
 * not be told whose the request is, 503 for a route of a tenant that was stopped, 406 and 415 where no route has the
 * request's media types.
 */
export type MountMatch =
  | RouteMatch<MountedRoute>
  | { readonly status: 404 }
  | { readonly status: 500; readonly error: StatusError }
  | { readonly status: 406 | 415 | 503; readonly error: StatusError };

/** What answers requests: that of a gateway, or of one generation of a tenant. */
export interface Responder {
  /** The handler of rpcs. Throws what the scope's error handler answers. */
  serve(request: FastifyRequest, reply: FastifyReply): void;
  /** Answers a request that has failed, wherever. */
  fail(error: unknown, request: FastifyRequest, reply: FastifyReply): void;
  /** The largest body, and the largest message of a body that is a stream, in bytes. */
  readonly maxBodyBytes: number;
  /** What requests of path handlers pass first. */
  readonly pathPolicies: PathPolicies;
}

/** One generation of what requests are matched on, and where they go: those of the gateway, or of one of its tenants. */
export interface Served {
  readonly routing: {
    readonly schema: Schema;
    readonly codec: JsonCodec;
    readonly table: RouteTable<MountedRoute>;
  };
  readonly transport: Transport;
  readonly responder: Responder;
  /** Counts its requests; undefined where nobody waits for their end. */
  readonly inFlight: InFlight | undefined;
  /** Why none of its requests is served now. */
  readonly refusal: (() => StatusError) | undefined;
}

/** One gateway's table as the constraint asks it. */
export interface Mount {
  /** The gateway's name, unique within the app. */
  readonly name: string;
  /** The full URL prefix without a trailing slash, `""` for none. */
  readonly prefix: string;
  /** The constraint value of requests that are answered with an error: 400, 404 and 405. */
  readonly constraint: string;
  /** Asked once for each request that reaches the app's router. Undefined: none of its business. */
  select(request: IncomingMessage): Selection | undefined;
}

/** What the constraint found for a request, kept on the raw request for the handler. */
export interface Selection {
  readonly mount: Mount;
  readonly match: MountMatch;
  readonly tenant: string | undefined;
  /** The full URL prefix of the routes: the mount's, and what the tenant has taken of the path. */
  readonly prefix: string;
  readonly served: Served;
  /** Made when somebody first asks for it. */
  context?: CallContext;
}

type SelectedRequest = IncomingMessage & { [selectionKey]?: Selection; [presetKey]?: string };

/** Sends a request that was made here to one route, past all tables. */
export function presetConstraint(request: object, constraint: string): void {
  (request as SelectedRequest)[presetKey] = constraint;
}

/** The selection of a request that reached a gateway's route. */
export function selectionOf(request: IncomingMessage): Selection {
  const selection = (request as SelectedRequest)[selectionKey];
  if (selection === undefined) throw new Error("the request was not routed by a gateway");
  return selection;
}

/** Like {@link selectionOf}, for requests that may belong to the app's own routes. */
export function findSelection(request: IncomingMessage): Selection | undefined {
  return (request as SelectedRequest)[selectionKey];
}

/**
 * All mounts of the app, and the one constraint strategy that asks them. A request that no table
 * knows derives `undefined`, so that the app's own routes, @fastify/cors and its 404 come next.
 */
export function mountsOf(app: FastifyInstance): Mount[] {
  const server = app.server as { [mountsKey]?: Mount[] };
  const present = server[mountsKey];
  if (present !== undefined) return present;
  const mounts: Mount[] = [];
  server[mountsKey] = mounts;
  app.addConstraintStrategy({
    name: CONSTRAINT,
    mustMatchWhenDerived: false,
    storage() {
      const handlers = new Map<string, never>();
      return {
        get: (value: string) => handlers.get(value) ?? null,
        set: (value: string, handler: never) => void handlers.set(value, handler),
      };
    },
    deriveConstraint(request: SelectedRequest) {
      const preset = request[presetKey];
      if (preset !== undefined) return preset;
      const selection = select(mounts, request);
      if (selection === undefined) return undefined;
      request[selectionKey] = selection;
      return selection.match.status === 200
        ? selection.match.route.constraint
        : selection.mount.constraint;
    },
  } as never);
  return mounts;
}

/**
 * The first mount with a route for the request; else 500, 503, 400, 405 with the methods of all mounts, 404.
 * OPTIONS is only taken where it is bound, so that CORS preflights reach their handler.
 */
function select(mounts: readonly Mount[], request: IncomingMessage): Selection | undefined {
  let failed: Selection | undefined;
  for (const mount of mounts) {
    const selection = mount.select(request);
    if (selection === undefined) continue;
    if (selection.match.status === 200) return selection;
    failed = failed === undefined ? selection : mergeFailures(failed, selection);
  }
  const isTaken = request.method !== "OPTIONS" || isFault(failed);
  return isTaken ? failed : undefined;
}

/** Whether a request is refused for what it is, whatever its method. */
function isFault(failed: Selection | undefined): boolean {
  return failed?.match.status === 400 || failed?.match.status === 500;
}

function mergeFailures(first: Selection, second: Selection): Selection {
  if (first.match.status === 500) return first;
  if ("error" in second.match) return second;
  if (first.match.status === 404) return second;
  if (first.match.status !== 405 || second.match.status !== 405) return first;
  const allow = [...new Set([...first.match.allow, ...second.match.allow])].sort();
  return { ...first, match: { status: 405, allow } };
}
