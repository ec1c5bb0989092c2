import type { DescMessage } from "@bufbuild/protobuf";
import { JsonError } from "../json/json-codec.ts";
import type { HttpBinding } from "../model/schema.ts";
import { appendHttpBody, isHttpBody } from "../response/http-body.ts";
import { StatusError } from "../status/status-error.ts";
import { JsonValueSplitter, type SplitterOptions } from "./json-value-splitter.ts";
import { badBody } from "./violations.ts";

/** Cuts the body of a streamed request into messages, each as its protobuf bytes. */
export interface RequestMessages {
  /**
   * The messages that end in this part of the body, made as they are taken; all have to be taken before the next part.
   * Throws a {@link StatusError} that names the number of the message that is wrong.
   */
  push(chunk: Uint8Array): Iterable<Buffer>;
  /** The messages that the end of the body brings. */
  end(): Iterable<Buffer>;
}

/** The bytes of a message from its part of the body. `index` counts from 0. */
type DecodeMessage = (part: Uint8Array, index: number) => Buffer;

/** Messages from JSON values, one after the other, a line each, or as the items of one array. */
function jsonMessages(decode: DecodeMessage, options: SplitterOptions): RequestMessages {
  const splitter = new JsonValueSplitter(options);
  let index = 0;
  function* messages(values: Iterable<Buffer>): Generator<Buffer, void> {
    try {
      for (const value of values) {
        const message = decode(value, index);
        index += 1;
        yield message;
      }
    } catch (error) {
      throw numbered(error, index + 1);
    }
  }
  return {
    push: (chunk) => messages(splitter.push(chunk)),
    end: () => messages(splitter.end()),
  };
}

function numbered(error: unknown, number: number): unknown {
  const failure = error instanceof JsonError ? badBody(error, "") : error;
  if (!(failure instanceof StatusError)) return failure;
  const { status, origin, http } = failure;
  return new StatusError(status.code, `message ${number}: ${status.message}`, {
    details: status.details,
    origin,
    cause: failure,
    ...(http && { http }),
  });
}

/** Makes a message of a part of the body. */
type WrapData = (data: Uint8Array, contentType: string) => Buffer;

/** Messages of at most `chunkBytes` from bytes as they come; a body without any is one message. */
function rawMessages(wrap: WrapData, contentType: string, chunkBytes: number): RequestMessages {
  // The type stands in the first message, as Envoy has it.
  let type = contentType;
  let isEmpty = true;
  const messageOf = (data: Uint8Array): Buffer => {
    const message = wrap(data, type);
    type = "";
    isEmpty = false;
    return message;
  };
  return {
    *push(chunk) {
      for (let at = 0; at < chunk.length; at += chunkBytes) {
        yield messageOf(chunk.subarray(at, at + chunkBytes));
      }
    },
    *end() {
      if (isEmpty) yield messageOf(new Uint8Array(0));
    },
  };
}

/** How large the parts of a streamed request may be, in bytes. */
export interface RequestMessageLimits {
  /** The JSON text of one message. */
  readonly maxBytes: number;
  /** The data of one google.api.HttpBody. */
  readonly chunkBytes: number;
}

/** Decodes a whole request, of which `body` is the part that is sent as its body. */
type DecodeRequest = (
  captures: readonly string[],
  rawQuery: string,
  body: Uint8Array,
  contentType?: string,
) => Buffer;

/** Compiles how the body of a binding that streams its requests is cut. Path and query fill every message. */
export function compileRequestMessages(
  { body, method }: HttpBinding,
  rawHttpBody: boolean,
  decodeRequest: DecodeRequest,
): (
  captures: readonly string[],
  rawQuery: string,
  contentType: string | undefined,
  limits: RequestMessageLimits,
) => RequestMessages {
  const message = body === "*" ? method.input : body?.message;
  if (rawHttpBody && isHttpBody(message)) {
    const field = body === "*" ? undefined : body;
    return (captures, rawQuery, contentType = "", { chunkBytes }) => {
      // Without data the field is there as well, but empty: whether a reader merges the two or takes the last, it gets the same.
      const shared = decodeRequest(captures, rawQuery, new Uint8Array(0));
      const wrap: WrapData = (data, type) =>
        appendHttpBody(shared, field, { contentType: type, data });
      return rawMessages(wrap, contentType, chunkBytes);
    };
  }
  const isList = typeof body === "object" && body.fieldKind === "list";
  const arrays = isList || mayBeArray(message) ? "value" : "items";
  return (captures, rawQuery, _contentType, { maxBytes }) =>
    jsonMessages((part) => decodeRequest(captures, rawQuery, part, "application/json"), {
      maxBytes,
      arrays,
    });
}

/** Whether the ProtoJSON of a message may be an array: then an array is a message, not a list of them. */
function mayBeArray(message: DescMessage | undefined): boolean {
  return /^google\.protobuf\.(?:ListValue|Value)$/.test(message?.typeName ?? "");
}
