import type { FastifyReply, FastifyRequest } from "fastify";
import type { HttpBinding, MethodTranscoder, Route } from "grpc-transcoding";
import type { EventReader, MethodDeadline } from "grpc-transcoding/internal";
import type { MethodRest } from "../rest/method-rest.ts";
import type { PrettyPrint } from "../rest/pretty-print.ts";
import type { DecodeWithSources } from "../rest/request-sources.ts";
import type { ResponseMasks } from "../rest/response-masks.ts";

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
  /** Whether a request field takes the `Last-Event-ID`. */
  readonly takesLastEventId: boolean;
  /** Decodes requests of which headers give fields; undefined where none does. */
  readonly decodeWithSources: DecodeWithSources | undefined;
  /** Which fields of responses clients want; undefined where they cannot choose. */
  readonly masks: ResponseMasks | undefined;
  /** Whether clients may ask for a response that is laid out; undefined where they cannot. */
  readonly pretty: PrettyPrint | undefined;
  /** What chooses among the routes of one verb and path; undefined where nothing has to. */
  readonly media: RouteMedia | undefined;
  /** What answers are beyond the http rule; undefined where nothing says. */
  readonly rest: MethodRest | undefined;
}

/** The media types of a route, and the routes that it shares its verb and path with, itself included. */
interface RouteMedia {
  readonly produces: readonly string[];
  readonly consumes: readonly string[];
  /** Of the first of them; empty for the others. */
  readonly choices: readonly RpcRoute[];
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
