import type { FastifyReply, FastifyRequest } from "fastify";
import type { HttpBinding, MethodTranscoder, Route } from "grpc-transcoding";
import type { EventReader, MethodDeadline } from "grpc-transcoding/internal";

/** A route in a gateway's table. The Fastify route that serves it is told by its constraint value. */
export type MountedRoute = RpcRoute | PathRoute;

interface ConstrainedRoute extends Route {
  readonly constraint: string;
}

/** The constraint value of a gateway's Fastify route for requests whose body is a stream of messages. */
export function streamConstraint(constraint: string): string {
  return `${constraint}/stream`;
}

/** A binding, with everything compiled that its requests need. */
export interface RpcRoute extends ConstrainedRoute {
  readonly kind: "rpc";
  readonly binding: HttpBinding;
  readonly transcoder: MethodTranscoder;
  /** Whether a body of another content type than JSON is refused (415). */
  readonly jsonBody: boolean;
  readonly deadline: MethodDeadline;
  /** Reads the fields of a message's event; undefined where nothing names any. */
  readonly readEvent: EventReader | undefined;
  /** A `Last-Event-ID` as the bytes of the request field that takes it; undefined where none does. */
  readonly lastEventId: ((header: string) => Buffer) | undefined;
}

/** A hand-written route, by `handlePath`. */
export interface PathRoute extends ConstrainedRoute {
  readonly kind: "path";
  readonly handler: PathHandler;
}

/** A Fastify handler on a google.api.http template; `request.params` holds the path variables as strings. */
export type PathHandler = (request: FastifyRequest, reply: FastifyReply) => unknown;

/** The policies that requests of path handlers pass first. */
export interface PathPolicies {
  /** Whether there is none. */
  readonly isOpen: boolean;
  /** Asks them; resolves to whether the request may go on, once a refusal is answered. */
  admit(request: FastifyRequest, reply: FastifyReply): Promise<boolean>;
}
