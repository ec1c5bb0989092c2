import { eventFieldNames } from "grpc-transcoding/internal";
import { type Check, mapOf, oneOf, positive, text } from "./checks.ts";
import type { MethodEventFields } from "./gateway-options.ts";

const name = String.raw`[A-Za-z_]\w*`;

/** The full name of one method: `library.v1.Library.GetBook`. */
const methodName = text(
  'a method such as "library.v1.Library.Watch"',
  new RegExp(`^${name}(?:\\.${name})+$`),
);

/** One method, or all whose names begin alike: `library.v1.Library.*`. */
const methodPattern = text(
  'a method, or a prefix such as "library.v1.Library.*" or "library.v1.*"',
  new RegExp(`^(?:\\*|${name}(?:\\.${name})*\\.(?:\\*|${name}))$`),
);

/** Milliseconds by method. */
export const methodTimes: Check<Readonly<Record<string, number>>> = mapOf(
  'an object of milliseconds by method: { "library.v1.Library.GetBook": 500 }',
  methodPattern,
  positive,
);

/** Paths of event fields by method. */
export const methodEvents: Check<Readonly<Record<string, MethodEventFields>>> = mapOf(
  'an object of field paths by method: { "library.v1.Library.Watch": { eventId: "revision" } }',
  methodName,
  mapOf("an object of field paths", oneOf(...eventFieldNames), text()) as Check<MethodEventFields>,
);
