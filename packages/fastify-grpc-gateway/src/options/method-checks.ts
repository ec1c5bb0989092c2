import type { QueryDialect } from "grpc-transcoding";
import { eventFieldNames } from "grpc-transcoding/internal";
import {
  boolean,
  type Check,
  list,
  mapOf,
  membersOf,
  oneOf,
  positive,
  text,
  textList,
  wholeNumber,
} from "./checks.ts";
import type { MethodEventFields, MethodHttpOptions } from "./gateway-options.ts";

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

const status = wholeNumber({ least: 200, most: 399 }, "a status");
const header = text('a header name such as "x-total"', /^[\w!#$%&'*+.^`|~-]+$/);

type Part<K extends keyof MethodHttpOptions> = NonNullable<MethodHttpOptions[K]>;
type Item<K extends "sources" | "headers"> = Part<K>[number];

export const queryArrays: Check<QueryDialect["arrays"]> = oneOf("repeat", "csv", "brackets");
export const queryObjects: Check<QueryDialect["objects"]> = oneOf("dot", "brackets");

/** What HTTP requests and answers are, by method. */
export const methodHttp: Check<Readonly<Record<string, MethodHttpOptions>>> = mapOf(
  'an object by method: { "library.v1.Library.CreateBook": { success: { status: 201 } } }',
  methodPattern,
  membersOf<MethodHttpOptions>(
    "an object of success, etag, sources, headers, query, produces, consumes",
    {
      success: membersOf<Part<"success">>("what a successful answer is: { status: 201 }", {
        status,
        location: text('a path template over the response such as "/v1/{name=books/*}"', /^\//),
        statuses: list("a list of statuses from 200 to 399", status),
        cacheControl: text('a Cache-Control such as "max-age=60"', /^[\x20-\x7e]+$/),
        setCookie: boolean,
        noContent: boolean,
      }),
      etag: membersOf<Part<"etag">>('where entity tags are: { field: "etag", ifMatch: "etag" }', {
        field: text(),
        ifMatch: text(),
        required: boolean,
        bare: boolean,
        hash: boolean,
      }),
      sources: list(
        'a list such as [{ field: "tier", header: "x-tier" }]',
        membersOf<Item<"sources">>(
          'a field and where it comes from: { field: "tier", header: "x-tier" }',
          { field: text(), header, cookie: header, required: boolean },
          ["field"],
        ),
      ),
      produces: textList('a list of media types such as ["text/csv"]', 1),
      consumes: textList('a list of media types such as ["text/csv"]', 1),
      query: membersOf<Part<"query">>('how queries are spelt: { arrays: "csv" }', {
        arrays: queryArrays,
        objects: queryObjects,
        messages: boolean,
      }),
      headers: list(
        'a list such as [{ header: "x-total", field: "total_size" }]',
        membersOf<Item<"headers">>(
          'a header and its field: { header: "x-total", field: "total_size" }',
          { header, field: text() },
          ["header", "field"],
        ),
      ),
    },
  ),
);
