import type { FastifyReply } from "fastify";

/** What a gateway answers a request with. */
export interface SentAnswer {
  /** Before any hook of onSend. */
  readonly payload: unknown;
  /** What the answer tells; undefined for a success. */
  readonly error: unknown;
}

/** Calls back with the answer to a request, once it is sent. */
export function watchAnswer(reply: FastifyReply, onAnswer: (answer: SentAnswer) => void): void {
  const { send } = reply;
  let told: unknown;
  // All of a gateway's ways to answer come by here: its answers, and what was thrown, which its error handler answers.
  reply.send = (payload?: unknown) => {
    if (payload instanceof Error) told = payload;
    else {
      reply.send = send;
      onAnswer({ payload, error: told });
    }
    return send.call(reply, payload);
  };
}
