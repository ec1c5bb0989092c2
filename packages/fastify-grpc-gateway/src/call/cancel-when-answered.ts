import type { FastifyReply } from "fastify";
import { type CallHandle, Code, type Status } from "grpc-transcoding";

/** What a call ends with whose request something else has answered. */
export const answeredElsewhere: Status = {
  code: Code.CANCELLED,
  message: "the request was answered before its call had ended",
  details: [],
};

/**
 * Ends the call when anything else answers its request: Fastify's `handlerTimeout`, or what a hook left
 * running. `onAnswered` is told first: whatever the call still reports has no reader. Returns the function
 * to call before the call's own answer is sent.
 */
export function cancelWhenAnswered(
  reply: FastifyReply,
  handle: CallHandle,
  onAnswered: () => void,
): () => void {
  const { send } = reply;
  // All of Fastify's ways to answer come by here, before any hook of onError or onSend takes its time.
  reply.send = (payload?: unknown) => {
    reply.send = send;
    onAnswered();
    handle.cancel(answeredElsewhere);
    return send.call(reply, payload);
  };
  return () => {
    reply.send = send;
  };
}
