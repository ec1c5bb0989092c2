import { Code, codeName } from "../../model/code.ts";
import type { Status } from "../../model/status.ts";
import type { CallHandle, Transport } from "../../model/transport.ts";
import {
  decodeReflectionResponse,
  encodeReflectionRequest,
  type ReflectionRequest,
  type ReflectionResponse,
} from "./reflection-message.ts";

/** One `ServerReflectionInfo` stream: questions in, answers in the same order. */
export interface ReflectionStream {
  /** The answer to one request; the next may be asked after it. Throws a {@link ReflectionError} when the stream ends instead. */
  ask(request: ReflectionRequest): Promise<ReflectionResponse>;
  /** Ends the stream. */
  close(): void;
}

/** Thrown when the server ends the reflection stream, or answers bytes that are no answer. */
export class ReflectionError extends Error {
  override readonly name = "ReflectionError";
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(`${codeName(code)}: ${message}`, options);
    this.code = code;
  }
}

/** Bounds what a server can make the loader keep: the descriptors of google/cloud are 45 MB with comments. */
const maxBytes = 128 * 1024 * 1024;

/**
 * Opens the reflection stream of one version, `"v1"` or `"v1alpha"`. `timeoutMs` is the deadline of
 * the whole stream.
 */
export function openReflectionStream(
  transport: Transport,
  version: "v1" | "v1alpha",
  timeoutMs: number,
): ReflectionStream {
  let waiting: { resolve(bytes: Uint8Array): void; reject(error: Error): void } | undefined;
  let ended: ReflectionError | undefined;
  let received = 0;

  const end = (error: ReflectionError): void => {
    ended ??= error;
    waiting?.reject(ended);
    waiting = undefined;
  };
  const handle: CallHandle = transport.start(
    {
      method: {
        path: `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
        clientStreaming: true,
        serverStreaming: true,
      },
      metadata: [],
      deadline: { at: Date.now() + timeoutMs, source: "gateway" },
      peer: "",
      timing: {},
    },
    {
      onHeaders() {},
      onMessage(bytes) {
        received += bytes.length;
        if (received > maxBytes) {
          const limit = `the server's descriptors are larger than ${maxBytes} bytes`;
          end(new ReflectionError(Code.RESOURCE_EXHAUSTED, limit));
          handle.cancel(cancelled);
        }
        const answered = waiting;
        waiting = undefined;
        answered?.resolve(bytes);
      },
      onStatus(status) {
        const text = status.message || "the server ended the reflection stream";
        end(new ReflectionError(status.code === Code.OK ? Code.UNAVAILABLE : status.code, text));
      },
    },
  );

  return {
    async ask(request) {
      const answer = new Promise<Uint8Array>((resolve, reject) => {
        if (ended === undefined) waiting = { resolve, reject };
        else reject(ended);
      });
      handle.send(encodeReflectionRequest(request));
      handle.read();
      const bytes = await answer;
      try {
        return decodeReflectionResponse(bytes);
      } catch (error) {
        const text = `the answer is no ServerReflectionResponse: ${(error as Error).message}`;
        throw new ReflectionError(Code.INTERNAL, text, { cause: error });
      }
    },
    close() {
      handle.halfClose();
      handle.cancel(cancelled);
    },
  };
}

const cancelled: Status = {
  code: Code.CANCELLED,
  message: "the descriptors are loaded",
  details: [],
};
