import type { DescField } from "@bufbuild/protobuf";
import type { EventFields, HttpBinding, StreamItems } from "grpc-transcoding";
import type { DocumentContext } from "../context/document-context.ts";
import type { ParameterObject, SchemaObject } from "../model/openapi.ts";
import { shownValues } from "../schema/enum-schema.ts";
import { constrainedValue } from "../schema/field-schema.ts";

/** What messages say of themselves as server-sent events; undefined where no field does. */
export function eventSchemas(
  { method }: HttpBinding,
  context: DocumentContext,
): StreamItems["event"] {
  const { eventId, event, retry } = eventsOf(method, context);
  if (eventId === undefined && event === undefined && retry === undefined) return undefined;
  return {
    ...(eventId !== undefined && { id: { type: "string" } }),
    ...(event !== undefined && { event: eventName(event.fields.at(-1) as DescField, context) }),
    ...(retry !== undefined && { retry: { type: "integer", minimum: 0 } }),
  };
}

/** The `Last-Event-ID` of a client that comes back to an event stream, where its events have ids or a field takes it. */
export function lastEventIdParameters(
  { method }: HttpBinding,
  context: DocumentContext,
): ParameterObject[] {
  const { eventId, lastEventId } = eventsOf(method, context);
  const hasEvents = context.source.streamEncoders.some(({ contentType }) =>
    contentType.startsWith("text/event-stream"),
  );
  if (!method.serverStreaming || !hasEvents || (eventId ?? lastEventId) === undefined) return [];
  const field = lastEventId?.fields.at(-1);
  const instead = lastEventId ? ` It takes the place of \`${lastEventId.path}\`.` : "";
  return [
    {
      name: "Last-Event-ID",
      in: "header",
      description: `The id of the last event that the client has, of \`text/event-stream\` alone.${instead}`,
      schema: field === undefined ? { type: "string" } : constrainedValue(field, context),
    },
  ];
}

function eventsOf(method: HttpBinding["method"], { source }: DocumentContext): EventFields {
  return source.eventsOf?.(method) ?? method.events;
}

function eventName(field: DescField, context: DocumentContext): SchemaObject {
  if (field.fieldKind !== "enum") return { type: "string" };
  return { type: "string", enum: shownValues(field.enum, context).map(({ name }) => name) };
}
