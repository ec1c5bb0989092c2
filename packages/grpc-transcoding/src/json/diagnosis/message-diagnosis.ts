import type { DescMessage } from "@bufbuild/protobuf";
import { maxDepth } from "../../wire/skip-field.ts";
import { keyStep } from "../field-path-text.ts";
import type { FieldsOf } from "../message-fields.ts";
import { type MemberRule, memberRules } from "../message-members.ts";
import { toObject, UnexpectedValue } from "../to-wire/unexpected-value.ts";
import { leftOut } from "../to-wire/write.ts";
import { type DiagnosisContext, fieldDiagnosis } from "./field-diagnosis.ts";
import { type Diagnose, partsDiagnosis } from "./violations.ts";

/** A key of the message's object. */
interface Member extends MemberRule {
  readonly diagnose: Diagnose;
}

/**
 * The diagnosis of a message without a special JSON form. With `inAny` the object is that of an Any, whose key
 * `@type` is no field.
 */
export function messageDiagnosis(
  message: DescMessage,
  fieldsOf: FieldsOf,
  context: DiagnosisContext,
  inAny = false,
): Diagnose {
  const ignoreUnknown = context.options.unknownFields === "ignore";
  let compiled: ReadonlyMap<string, Member> | undefined;

  return partsDiagnosis((value, path, violations, depth) => {
    const object = toObject(value);
    checkDepth(depth);
    compiled ??= compileMembers(message, fieldsOf, context);
    const oneofs = new Set<number>();
    const given = new Set<string>();
    for (const [key, json] of Object.entries(object)) {
      if (violations.full) return;
      if (inAny && key === "@type") continue;
      const member = compiled.get(key);
      const step = path + keyStep(key);
      if (member === undefined) {
        if (!ignoreUnknown) violations.add(step, `${message.typeName} has no such field`);
        continue;
      }
      const { jsonKey, oneof, takesNull } = member;
      if (json === null && !takesNull) continue;
      given.add(jsonKey);
      if (key !== jsonKey && hasValue(object, jsonKey, takesNull)) {
        const names = `${JSON.stringify(key)} and ${JSON.stringify(jsonKey)}`;
        violations.add(step, `${names} are one field: give one of them`);
      }
      const isAbsent = member.diagnose(json, step, violations, depth) === leftOut;
      if (oneof < 0 || isAbsent) continue;
      if (oneofs.has(oneof)) {
        const name = JSON.stringify(message.oneofs[oneof]?.name);
        violations.add(step, `only one field of the oneof ${name} may be set`);
      }
      oneofs.add(oneof);
    }
    for (const { key, jsonKey, required } of compiled.values()) {
      if (required && key === jsonKey && !given.has(key)) {
        violations.add(path + keyStep(key), "this field is required");
      }
    }
  });
}

function hasValue(object: Record<string, unknown>, key: string, takesNull: boolean): boolean {
  return Object.hasOwn(object, key) && (takesNull || object[key] !== null);
}

/** Throws UnexpectedValue for messages that are nested too deep. */
export function checkDepth(depth: number): void {
  if (depth > maxDepth) {
    throw new UnexpectedValue(`messages are nested more than ${maxDepth} deep`);
  }
}

function compileMembers(
  message: DescMessage,
  fieldsOf: FieldsOf,
  context: DiagnosisContext,
): ReadonlyMap<string, Member> {
  return new Map(
    memberRules(message, fieldsOf).map((rule) => [
      rule.key,
      { ...rule, diagnose: fieldDiagnosis(rule.field, context) },
    ]),
  );
}
