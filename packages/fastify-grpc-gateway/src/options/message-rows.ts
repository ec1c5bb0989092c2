import { streamFormatNames } from "grpc-transcoding/internal";
import { boolean, list, MAX_TIMER_MS, oneOf, textList, wholeNumber } from "./checks.ts";
import type { FastifyGrpcGatewayOptions } from "./gateway-options.ts";
import { methodEvents } from "./method-checks.ts";
import { always, type OptionRows } from "./option-row.ts";
import type { ResolvedOptions } from "./resolved-options.ts";
import { streamFormat } from "./stream-format-check.ts";

/** How messages look over HTTP. */
export const messageRows: OptionRows<
  Pick<FastifyGrpcGatewayOptions, "json" | "partialResponses" | "prettyPrint" | "streaming">,
  ResolvedOptions
> = {
  json: {
    help: "how messages look as JSON",
    switchable: false,
    members: {
      naming: {
        help: "field names: `json_name` (lowerCamel), or as in the proto; both are read",
        check: oneOf("json", "proto"),
        default: always("json"),
      },
      emit: {
        help: 'unset fields: those of implicit presence are printed, none (`"set"`), or optional ones too, as `null` (`"all"`)',
        check: oneOf("implicit", "set", "all"),
        default: { standard: "implicit", "grpc-gateway": "all" },
      },
      enums: {
        help: 'enum values by name, or by `"number"`',
        check: oneOf("name", "number"),
        default: always("name"),
      },
      enumNames: {
        help: 'names of enum values as declared, or without what all names of an enum begin with (`"short"`); both are read',
        check: oneOf("full", "short"),
        default: always("full"),
      },
      unknownFields: {
        help: 'a key that is no field: 400, or `"ignore"`',
        check: oneOf("reject", "ignore"),
        default: { standard: "reject", "grpc-gateway": "ignore" },
      },
      duplicateKeys: {
        help: 'a key that comes twice in an object: the last one counts, or 400 (`"reject"`)',
        check: oneOf("last", "reject"),
        default: always("last"),
      },
    },
  },
  partialResponses: {
    help: "clients choose the fields of a response by `fields`, `$fields` or `X-Goog-FieldMask`: docs/rest.md#partial-responses",
    check: boolean,
    default: always(false),
  },
  prettyPrint: {
    help: "`?pretty` lays a single response out for people to read",
    check: boolean,
    default: always(false),
  },
  streaming: {
    help: "streams",
    switchable: false,
    members: {
      formats: {
        help: "the formats to choose from, by name or a `StreamEncoder` of your own: docs/streaming.md#a-format-of-your-own; the first for clients whose `Accept` does not choose",
        check: list(`a list of ${streamFormat.expected}`, streamFormat, 1),
        default: always(streamFormatNames),
      },
      onError: {
        help: 'what a failure does to a stream that has begun, behind the line or event that tells it: `"abort"` breaks the response off, so that nobody takes it for complete; `"end"` ends it',
        check: oneOf("abort", "end"),
        default: { standard: "abort", "grpc-gateway": "end" },
      },
      heartbeatMs: {
        help: "the silence of an event stream before a comment is sent, in milliseconds; 0 for none: docs/streaming.md#server-sent-events",
        check: wholeNumber({ least: 0, most: MAX_TIMER_MS }, "a whole number of milliseconds"),
        default: always(15_000),
      },
      events: {
        help: "the fields of server-sent events by method, for protos without annotations: docs/streaming.md#server-sent-events",
        check: methodEvents,
        default: always({}),
      },
      chunkBytes: {
        help: "the data of one google.api.HttpBody, where a streamed request is cut into them",
        check: wholeNumber({ least: 1 }, "a whole number of bytes"),
        default: always(64 * 1024),
      },
      ranges: {
        help: 'downloads that answer `Range` beside those that declare it: selectors such as `"library.v1.Library.GetCover"`, docs/files.md#range',
        check: textList('a list of selectors such as ["library.v1.Library.GetCover"]'),
        default: always([]),
      },
    },
  },
};
