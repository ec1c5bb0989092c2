import type { Socket } from "node:net";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { hooksOf } from "../fastify/internals.ts";
import { findSelection } from "./route-selection.ts";

/** Requests of HTTP/1.1 connections that have not ended. One connection may have several, by pipelining. */
const requestsOfSockets = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls back once the response of a request is complete, or its client has gone. Over HTTP/1.1 the socket tells as well:
 * Node emits `close` only on the response whose turn it is, not on those that wait behind it.
 */
function whenEnded({ raw }: FastifyRequest, reply: FastifyReply, ended: () => void): void {
  reply.raw.once("close", ended);
  if (raw.httpVersionMajor === 2) return;
  const requests = requestsOf(raw.socket);
  if (requests === undefined) return;
  requests.add(ended);
  reply.raw.once("close", () => void requests.delete(ended));
}

function requestsOf(socket: Socket): Set<() => void> | undefined {
  const known = requestsOfSockets.get(socket);
  if (known !== undefined) return known;
  // That of `inject` is none, and its response closes.
  if (typeof socket.once !== "function") return undefined;
  const requests = new Set<() => void>();
  requestsOfSockets.set(socket, requests);
  socket.once("close", () => {
    for (const ended of requests) ended();
  });
  return requests;
}

/** Counts a request among those in flight of what it was matched on, until its end. */
export function countRequest(request: FastifyRequest, reply: FastifyReply): void {
  const inFlight = findSelection(request.raw)?.served.inFlight;
  if (inFlight !== undefined) whenEnded(request, reply, inFlight.enter());
}

/**
 * Counts the requests of a scope and its children: before any other hook, so that nothing is closed between a request's
 * selection and its count. Call it before the children are registered.
 */
export function countRequests(scope: FastifyInstance): void {
  hooksOf(scope).onRequest?.unshift(
    (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
      countRequest(request, reply);
      done();
    },
  );
}
