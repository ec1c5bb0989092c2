import type { Code, DetailJson, ErrorContext } from "grpc-transcoding";

/** A failure after the table has spoken: all that a body is made of. */
export interface ErrorAnswer {
  readonly statusCode: number;
  readonly code: Code;
  /** As the client may see it: masked, or replaced by a rule. */
  readonly message: string;
  /** The google.rpc.LocalizedMessage that the client's `Accept-Language` prefers, unless a rule replaced the message. */
  readonly localized: { readonly locale: string; readonly message: string } | undefined;
  readonly details: readonly DetailJson[];
  readonly context: ErrorContext;
}

/** The text of an error response and its media type. */
export interface ErrorBody {
  readonly contentType: string;
  readonly body: string;
  /** The language of the body's text, for `content-language`; undefined: not known. */
  readonly language?: string | undefined;
}

/** Makes the body of an error response. */
export type ErrorRenderer = (answer: ErrorAnswer) => ErrorBody;
