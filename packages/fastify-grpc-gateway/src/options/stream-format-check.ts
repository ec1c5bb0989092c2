import type { MessageFrame, StreamEncoder, StreamFormat } from "grpc-transcoding";
import { streamFormatNames } from "grpc-transcoding/internal";
import { anyOf, type Check, callable, list, oneOf, shape, text } from "./checks.ts";

// A type and a subtype as they are registered (RFC 6838, section 4.2), in lower case.
const mediaType = String.raw`[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*`;
const parameter = String.raw`[a-z0-9_-]+=(?:[a-z0-9!#$&^_.+-]+|"[\x20\x21\x23-\x5b\x5d-\x7e]*")`;

const encoder: Check<StreamEncoder> = shape<StreamEncoder>(
  "a StreamEncoder",
  {
    name: text(),
    contentType: text(
      'a media type such as "text/csv; charset=utf-8"',
      new RegExp(`^${mediaType}(?: *; *${parameter})*$`, "i"),
    ),
    start: callable("a function"),
    message: callable("a function"),
    error: callable("a function"),
    end: callable("a function"),
  },
  {
    mediaTypes: list(
      "a list of media types in lower case, without parameters",
      text("a media type", new RegExp(`^${mediaType}$`)),
    ),
    frame: shape<MessageFrame>(
      "the texts around a message",
      {
        first: text(),
        before: text(),
        after: text(),
      },
      {},
    ),
    heartbeat: callable("a function"),
    mediaObject: callable("a function"),
  },
);

/** A format of streams: a name, or an encoder of the user's. */
export const streamFormat: Check<StreamFormat> = anyOf(
  `${streamFormatNames.join(", ")} or StreamEncoders`,
  oneOf(...streamFormatNames),
  encoder,
);
