import type { DescField, DescMessage } from "@bufbuild/protobuf";
import type { HttpBinding, QueryDialect } from "grpc-transcoding";
import { fieldBehavior } from "../annotation/field-behavior.ts";
import type { DocumentContext } from "../context/document-context.ts";
import { fieldPathName } from "../model/field-name.ts";
import type { ParameterObject } from "../model/openapi.ts";
import { constrainedValue, fieldDocumentation, isRequired } from "../schema/field-schema.ts";
import { type FieldTree, fieldTree } from "../schema/field-tree.ts";
import { isOpaqueMessage, isStringMessage, isWrapper } from "../schema/well-known-types.ts";
import { hasItems, parameterName, parameterStyle, queryDialectOf } from "./parameter-style.ts";

/** How often a message type may occur on one path of fields: recursive requests have no last parameter. */
const maxVisits = 2;

/** Beyond this many parameters of one operation the rest is left out, with a finding. */
const maxParameters = 200;

/**
 * The fields that neither the path nor the body carries, as query parameters with dotted names
 * (google/api/http.proto). What a query cannot carry is left out with a finding.
 */
export function queryParameters(binding: HttpBinding, context: DocumentContext): ParameterObject[] {
  if (binding.body === "*") return [];
  const elsewhere = fieldTree([
    ...binding.pathVariables.map((variable) => variable.field.fields),
    ...(binding.body === undefined ? [] : [[binding.body]]),
  ]);
  const parameters: ParameterObject[] = [];
  const dialect = queryDialectOf(binding, context);
  let omitted = 0;

  function visit(chain: readonly DescMessage[], above: readonly DescField[], except: FieldTree) {
    for (const field of chain.at(-1)?.fields ?? []) {
      const below = except.get(field);
      if (below === true || !isQueryField(field, context, dialect)) continue;
      const path = [...above, field];
      const inner = flattenedMessage(field, dialect);
      if (inner !== undefined) {
        const visits = chain.filter((message) => message === inner).length;
        if (visits < maxVisits) visit([...chain, inner], path, below ?? new Map());
      } else if (parameters.length < maxParameters) {
        parameters.push(queryParameter(path, binding, dialect, context));
      } else {
        omitted += 1;
      }
    }
  }

  visit([binding.method.input], [], elsewhere);
  if (omitted > 0) {
    context.onFinding({
      rule: "query-parameters-cut",
      level: "warning",
      subject: `${binding.method.service.name}.${binding.method.name}`,
      message: `${omitted} query parameters beyond the first ${maxParameters} are left out; name a body`,
    });
  }
  return parameters;
}

function queryParameter(
  path: readonly DescField[],
  binding: HttpBinding,
  dialect: QueryDialect,
  context: DocumentContext,
): ParameterObject {
  const field = path.at(-1) as DescField;
  const { description: comment, deprecated, ...rest } = fieldDocumentation(field, context);
  const oneofs = oneofsOf(path, binding, dialect, context);
  const items = hasItems(path) ? ["Of the first item; others have the numbers behind it."] : [];
  const sentences = [comment, ...items, ...oneofs.map(oneofSentence)];
  const description = sentences.filter(Boolean).join("\n\n");
  const extensions = Object.entries(rest).filter(([key]) => key.startsWith("x-"));
  const required =
    path.length === 1 && isRequired(field, context) && !isInferred(path, binding, context);
  return {
    name: parameterName(path, dialect, context),
    in: "query",
    ...(description !== "" && { description }),
    ...(required && { required }),
    ...(deprecated && { deprecated }),
    ...parameterStyle(field, dialect),
    schema: constrainedValue(field, context),
    ...Object.fromEntries(extensions),
    ...(oneofs.length > 0 && { "x-oneof": oneofs }),
  };
}

/** A oneof that a parameter has a part in; parameters of another member must not be sent with it. */
interface ParameterOneof {
  readonly name: string;
  /** The member that this parameter sets, or sets a part of. */
  readonly member: string;
  readonly fields: readonly string[];
}

// OpenAPI has no keyword for parameters that exclude one another.
function oneofsOf(
  path: readonly DescField[],
  binding: HttpBinding,
  dialect: QueryDialect,
  context: DocumentContext,
): ParameterOneof[] {
  return path.flatMap((field, index) => {
    const above = path.slice(0, index);
    const nameOf = (member: DescField): string =>
      parameterName([...above, member], dialect, context);
    const members = (field.oneof?.fields ?? []).filter(
      (member) => member !== binding.body && isQueryField(member, context, dialect),
    );
    if (field.oneof === undefined || members.length < 2) return [];
    const prefix = above.length === 0 ? "" : `${fieldPathName(above, context.json)}.`;
    const fields = members.map(nameOf);
    return [{ name: prefix + field.oneof.name, member: nameOf(field), fields }];
  });
}

function oneofSentence({ name, fields }: ParameterOneof): string {
  const names = fields.map((field) => `\`${field}\``).join(", ");
  return `At most one of ${names} may be sent (oneof \`${name}\`).`;
}

/** Whether a query can carry the field, or something of it. */
function isQueryField(
  field: DescField,
  context: DocumentContext,
  { messages }: QueryDialect,
): boolean {
  if (!context.isVisible(field)) return false;
  if (fieldBehavior(context.annotations, field).has("OUTPUT_ONLY")) return false;
  if (field.message === undefined) return true;
  if (isStringMessage(field.message.typeName) || isWrapper(field.message.typeName)) return true;
  const isNamed = field.fieldKind === "message" || (messages && field.fieldKind === "list");
  return isNamed && !isOpaqueMessage(field.message.typeName);
}

/** The message whose fields stand for the field, as dotted parameters. */
function flattenedMessage(field: DescField, { messages }: QueryDialect): DescMessage | undefined {
  const isNamed = field.fieldKind === "message" || (messages && field.fieldKind === "list");
  if (!isNamed || field.message === undefined) return undefined;
  const { typeName } = field.message;
  return isStringMessage(typeName) || isWrapper(typeName) ? undefined : field.message;
}

// A PATCH of one message whose request has one mask gets the mask from its body (AIP-134).
function isInferred(
  path: readonly DescField[],
  { body, httpMethod, method }: HttpBinding,
  { source }: DocumentContext,
): boolean {
  if (source.patchFieldMask === false || httpMethod !== "PATCH") return false;
  if (typeof body !== "object" || body.fieldKind !== "message") return false;
  const masks = method.input.fields.filter(
    (field) =>
      field.fieldKind === "message" && field.message.typeName === "google.protobuf.FieldMask",
  );
  return masks.length === 1 && masks[0] === path[0];
}
