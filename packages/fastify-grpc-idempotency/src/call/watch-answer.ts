import type { FastifyReply } from "fastify";

/**
 * Calls back with what a gateway answers a request with, before any hook of onSend, and with the error that the answer
 * tells, undefined for none.
 */
export function watchAnswer(
  reply: FastifyReply,
  onAnswer: (payload: unknown, error: unknown) => void,
): void {
  const { send } = reply;
  let told: unknown;
  // All of a gateway's ways to answer come by here: its answers, and what was thrown, which its error handler answers.
  reply.send = (payload?: unknown) => {
    if (payload instanceof Error) told = payload;
    else {
      reply.send = send;
      onAnswer(payload, told);
    }
    return send.call(reply, payload);
  };
}
