import type { DescField } from "@bufbuild/protobuf";
import type { HttpBinding } from "grpc-transcoding";
import type { IsVisible } from "../annotation/visibility.ts";
import type { OnFinding } from "../model/finding.ts";
import { isOpaqueMessage, isStringMessage, isWrapper } from "../schema/well-known-types.ts";

/** Finds the fields of a request that neither path nor body carries, and that no query can. */
export function checkRequestFields(
  { method, httpMethod, template, body, pathVariables }: HttpBinding,
  isVisible: IsVisible,
  onFinding: OnFinding,
): void {
  if (body === "*") return;
  const bound = new Set(pathVariables.map(({ field }) => field.fields[0]));
  for (const field of method.input.fields) {
    if (field === body || bound.has(field) || !isVisible(field) || !isUnbindable(field)) continue;
    onFinding({
      rule: "field-unreachable",
      level: "warning",
      subject: `${method.input.typeName}.${field.name}`,
      message: `no query parameter of ${httpMethod} ${template.text} can carry the field; name a body`,
    });
  }
}

function isUnbindable(field: DescField): boolean {
  if (field.message === undefined) return false;
  const { typeName } = field.message;
  if (isStringMessage(typeName) || isWrapper(typeName)) return false;
  return field.fieldKind !== "message" || isOpaqueMessage(typeName);
}
