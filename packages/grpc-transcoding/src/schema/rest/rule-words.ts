import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { isSpecialMessage } from "../../json/well-known/special-messages.ts";
import { type FieldPath, FieldPathError, resolveFieldPath } from "../../model/field-path.ts";
import type { MethodSchema } from "../../model/schema.ts";

/**
 * A rule as it is written: a message of `fastify/grpc/v1/annotations.proto` by the registry's own descriptors, or the same
 * words of an option. The user's copy of the file may be older than ours, so that members may be missing.
 */
export type RuleWords = Readonly<Record<string, unknown>>;

/** Takes what is wrong with a member: `"etag.field"`. */
export type ReportMember = (member: string, what: string) => void;

/** The method that a rule is for. */
export type RuledMethod = Pick<
  MethodSchema,
  "input" | "output" | "clientStreaming" | "serverStreaming" | "bindings"
>;

/** A member that is an object; undefined where it is not set. */
export function wordsOf(words: RuleWords, name: string): RuleWords | undefined {
  const value = words[name];
  return typeof value === "object" && value !== null ? (value as RuleWords) : undefined;
}

/** A member that is a list of objects; empty where it is not set. */
export function listOf(words: RuleWords, name: string): readonly RuleWords[] {
  const value = words[name];
  return Array.isArray(value) ? value : [];
}

/** A member that is a text; `""` where it is not set. */
export function textOf(words: RuleWords, name: string): string {
  const value = words[name];
  return typeof value === "string" ? value : "";
}

/** Resolves a field, and reports one that is not there or not as expected. */
export function resolveField(
  message: DescMessage,
  path: string,
  expected: { readonly is: string; accepts(field: DescField): boolean },
  report: (what: string) => void,
): FieldPath | undefined {
  try {
    const field = resolveFieldPath(message, path);
    if (expected.accepts(field.fields.at(-1) as DescField)) return field;
    report(`${JSON.stringify(path)} must be ${expected.is}`);
  } catch (error) {
    if (!(error instanceof FieldPathError)) throw error;
    report(`${JSON.stringify(path)} ${error.message}`);
  }
  return undefined;
}

/** What is wrong with a field of the request that a header is to give; undefined for nothing. */
export function headerFieldProblem(
  { input, bindings }: RuledMethod,
  path: string,
): string | undefined {
  if (isSpecialMessage(input)) return `the JSON of a ${input.typeName} has no fields`;
  const isOfPath = bindings.some(({ pathVariables }) =>
    pathVariables.some((variable) => variable.field.path === path),
  );
  return isOfPath ? `${JSON.stringify(path)} is a variable of the path` : undefined;
}

/** What one line of text can hold: a scalar, an enum, and messages that are texts in JSON. */
export const textField: { readonly is: string; accepts(field: DescField): boolean } = {
  is: "a scalar, an enum, a google.protobuf.Timestamp or a google.protobuf.Duration, and not repeated",
  accepts: (field) =>
    field.fieldKind === "scalar" ||
    field.fieldKind === "enum" ||
    (field.fieldKind === "message" && textMessages.has(field.message.typeName)),
};

const textMessages: ReadonlySet<string> = new Set([
  "google.protobuf.Timestamp",
  "google.protobuf.Duration",
]);
