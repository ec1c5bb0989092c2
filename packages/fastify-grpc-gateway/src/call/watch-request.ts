import { constants, type Http2ServerRequest } from "node:http2";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Code, codeOfHttpStatus, type ObservedCall } from "grpc-transcoding";
import { hooksOf } from "../fastify/internals.ts";
import { peerOfSocket } from "../guard/peer.ts";
import { contextOf } from "../guard/request-rpc.ts";
import type { LogsRequest } from "../logging/request-logging.ts";
import { type Selection, selectionOf } from "../mount/route-selection.ts";
import { CallWatch } from "../observe/call-watch.ts";
import type { ObservedCalls } from "../observe/observed-calls.ts";
import { onSocketClose } from "../observe/socket-close.ts";

/**
 * Lets a gateway's observer see the requests of scopes' routes, before any hook does. Returns what is to be called with
 * each scope while plugins load.
 */
export function observeRequests(
  observed: ObservedCalls,
  logsRequest: LogsRequest,
): (scope: FastifyInstance) => void {
  const begin = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const { active } = observed;
    if (active === undefined) {
      done();
      return;
    }
    const selection = selectionOf(request.raw);
    const observation = active.begin(observedRequest(selection, request));
    if (observation === undefined) {
      done();
      return;
    }
    const watch = new RequestWatch(request, reply, logsRequest, observation, active.logs);
    watch.enter(contextOf(selection, request));
    watch.within(done);
  };
  return (scope) =>
    observed.whenObserved(() => {
      const { onRequest } = hooksOf(scope);
      // A child has those of its parent.
      if (!onRequest?.includes(begin)) onRequest?.unshift(begin);
    });
}

function observedRequest(selection: Selection, request: FastifyRequest): ObservedCall {
  const { match, prefix, tenant } = selection;
  const route = match.status === 200 ? match.route : undefined;
  return {
    protocol: "http",
    path: route?.kind === "rpc" ? route.binding.method.path : undefined,
    template: route && prefix + route.template.text,
    tenant,
    headers: request.headers,
    peer: peerOfSocket(request.raw.socket),
    request,
  };
}

/** A watch over a request: its call ends when its answer has been handed to the connection, or when that is gone. */
class RequestWatch extends CallWatch {
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  readonly #logsRequest: LogsRequest;
  readonly #stop: (() => void) | undefined;

  constructor(
    request: FastifyRequest,
    reply: FastifyReply,
    logsRequest: LogsRequest,
    ...watched: ConstructorParameters<typeof CallWatch>
  ) {
    super(...watched);
    this.#request = request;
    this.#reply = reply;
    this.#logsRequest = logsRequest;
    const cut = (): void => this.#finish(false);
    // Node tells a pipelined response that waits for its turn nothing of its connection's end.
    if (request.raw.httpVersionMajor !== 2) this.#stop = onSocketClose(request.raw.socket, cut);
    reply.raw.on("finish", () => this.#finish(!isCut(request)));
    reply.raw.on("close", cut);
  }

  #finish(isComplete: boolean): void {
    if (this.isOver) return;
    this.#stop?.();
    const request = this.#request;
    const { statusCode, headersSent } = this.#reply.raw;
    this.end({
      code: codeOfAnswer(this.code, statusCode, isComplete),
      statusCode: headersSent ? statusCode : undefined,
      timing: request.grpcCall?.timing ?? {},
      identity: selectionOf(request.raw).context?.identity,
      isLogged: this.#logsRequest(request),
    });
  }
}

/** Over HTTP/2 a response "finishes" with its stream, however that ends. */
function isCut({ raw }: FastifyRequest): boolean {
  if (raw.httpVersionMajor !== 2) return false;
  const { stream } = raw as unknown as Http2ServerRequest;
  return stream.rstCode !== constants.NGHTTP2_NO_ERROR || !stream.writableFinished;
}

/** A response that was cut off on purpose has the code of what went wrong; else its client has gone. */
function codeOfAnswer(told: Code | undefined, statusCode: number, isComplete: boolean): Code {
  if (!isComplete) return told === undefined || told === Code.OK ? Code.CANCELLED : told;
  return told ?? (statusCode < 400 ? Code.OK : codeOfHttpStatus(statusCode));
}
