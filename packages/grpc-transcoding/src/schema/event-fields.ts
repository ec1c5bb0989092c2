import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { type FieldPath, FieldPathError, resolveFieldPath } from "../model/field-path.ts";
import type { EventFields, MethodSchema } from "../model/schema.ts";

/** The paths of {@link EventFields} as they are written; an empty one names nothing. */
export type EventFieldNames = { readonly [K in keyof EventFields]?: string };

/**
 * Resolves the fields of a method's server-sent events. What cannot be is told by `report`, with the name that is
 * wrong, and left out.
 */
export function resolveEventFields(
  method: Pick<
    MethodSchema,
    "input" | "output" | "clientStreaming" | "serverStreaming" | "bindings"
  >,
  names: EventFieldNames,
  report: (name: keyof EventFields, what: string) => void,
): EventFields {
  const found: { -readonly [K in keyof EventFields]: FieldPath } = {};
  for (const name of eventFieldNames) {
    const path = names[name];
    if (path === undefined || path === "") continue;
    const wrong = methodFault(method, name, path);
    if (wrong !== undefined) {
      report(name, wrong);
      continue;
    }
    const { ofRequest = false, expected, accepts } = kinds[name];
    const field = resolve(ofRequest ? method.input : method.output, path);
    if (typeof field === "string") report(name, `${JSON.stringify(path)} ${field}`);
    else if (accepts(field.fields.at(-1) as DescField)) found[name] = field;
    else report(name, `${JSON.stringify(path)} must be ${expected}`);
  }
  return found;
}

interface Kind {
  readonly ofRequest?: true;
  readonly expected: string;
  readonly accepts: (field: DescField) => boolean;
}

const idKind: Kind = {
  expected: "a string or an integer, and not repeated",
  accepts: (field) => isString(field) || isInteger(field),
};

const kinds: Readonly<Record<keyof EventFields, Kind>> = {
  eventId: idKind,
  event: {
    expected: "a string or an enum, and not repeated",
    accepts: (field) => isString(field) || field.fieldKind === "enum",
  },
  retry: {
    expected: "an integer of milliseconds or a google.protobuf.Duration, and not repeated",
    accepts: (field) => isInteger(field) || isDuration(field),
  },
  lastEventId: { ...idKind, ofRequest: true },
};

export const eventFieldNames: readonly (keyof EventFields)[] = Object.keys(
  kinds,
) as (keyof EventFields)[];

/** What of the method keeps it from having such a field. */
function methodFault(
  { clientStreaming, serverStreaming, bindings }: Parameters<typeof resolveEventFields>[0],
  name: keyof EventFields,
  path: string,
): string | undefined {
  if (!serverStreaming) return "the method does not stream its responses, so it has no events";
  if (name !== "lastEventId") return undefined;
  if (clientStreaming) {
    return "the method streams its requests, so no one request can take the Last-Event-ID; it is in the metadata";
  }
  const isOfPath = bindings.some(({ pathVariables }) =>
    pathVariables.some(({ field }) => field.path === path),
  );
  return isOfPath ? `${JSON.stringify(path)} is a variable of the path` : undefined;
}

function resolve(message: DescMessage, path: string): FieldPath | string {
  try {
    return resolveFieldPath(message, path);
  } catch (error) {
    if (error instanceof FieldPathError) return error.message;
    throw error;
  }
}

function isString(field: DescField): boolean {
  return field.fieldKind === "scalar" && field.scalar === ScalarType.STRING;
}

const noIntegers: ReadonlySet<ScalarType> = new Set([
  ScalarType.STRING,
  ScalarType.BYTES,
  ScalarType.BOOL,
  ScalarType.DOUBLE,
  ScalarType.FLOAT,
]);

function isInteger(field: DescField): boolean {
  return field.fieldKind === "scalar" && !noIntegers.has(field.scalar);
}

function isDuration(field: DescField): boolean {
  return field.fieldKind === "message" && field.message.typeName === "google.protobuf.Duration";
}
