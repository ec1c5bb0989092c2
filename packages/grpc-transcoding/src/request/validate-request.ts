import {
  type DescField,
  type DescMessage,
  type FileRegistry,
  fromBinary,
  type Message,
} from "@bufbuild/protobuf";
import { Code } from "../model/code.ts";
import { badRequestDetail } from "../status/error-details.ts";
import { StatusError } from "../status/status-error.ts";

/** A step to the field that a violation is about, as @bufbuild/protobuf has it. */
type PathStep =
  | DescField
  | { readonly kind: "list_sub"; readonly index: number }
  | { readonly kind: "map_sub"; readonly key: unknown }
  | { readonly kind: string };

interface Violation {
  readonly message: string;
  readonly ruleId: string;
  readonly field: readonly PathStep[];
}

/** What a validator of @bufbuild/protovalidate answers. */
type ValidationResult =
  | { readonly kind: "valid" }
  | { readonly kind: "invalid"; readonly violations: readonly Violation[] }
  | { readonly kind: "error"; readonly error: unknown };

/** `createValidator` of @bufbuild/protovalidate, as far as it is used here. */
export type CreateValidator = (options: { readonly registry: FileRegistry }) => {
  validate(desc: DescMessage, message: Message): ValidationResult;
};

/** How the requests of a schema are held to the rules of buf.validate. */
export interface RequestValidation {
  /**
   * A function that throws a StatusError for a message that breaks a rule: INVALID_ARGUMENT with google.rpc.BadRequest, as the service
   * itself would say it; undefined for a type that has no rules.
   */
  checkOf(input: DescMessage): ((message: Uint8Array) => void) | undefined;
}

/** Compiles the rules of a schema; each type's own when it is first met. `naming`: how violations name fields. */
export function compileValidation(
  createValidator: CreateValidator,
  registry: FileRegistry,
  naming: "json" | "proto",
): RequestValidation {
  const validator = createValidator({ registry });
  return {
    checkOf(input) {
      if (!hasRules(input, new Set())) return undefined;
      return (bytes) => {
        const message = fromBinary(input, bytes, { readUnknownFields: false });
        const result = validator.validate(input, message);
        if (result.kind === "invalid") throw refusal(result.violations, naming);
        if (result.kind === "error") throw result.error;
      };
    },
  };
}

// buf/validate/validate.proto: its options of messages, oneofs and fields have one number.
const ruleNumber = 1159;

interface WithOptions {
  readonly proto: { readonly options?: { readonly $unknown?: readonly { readonly no: number }[] } };
}

function isRuled({ proto }: WithOptions): boolean {
  return proto.options?.$unknown?.some(({ no }) => no === ruleNumber) ?? false;
}

function hasRules(message: DescMessage, seen: Set<DescMessage>): boolean {
  if (seen.has(message)) return false;
  seen.add(message);
  return (
    isRuled(message as WithOptions) ||
    message.oneofs.some((oneof) => isRuled(oneof as WithOptions)) ||
    message.fields.some(
      (field) =>
        isRuled(field as WithOptions) ||
        (field.message !== undefined && hasRules(field.message, seen)),
    )
  );
}

function refusal(violations: readonly Violation[], naming: "json" | "proto"): StatusError {
  const found = violations.map(({ field, message, ruleId }) => ({
    field: pathText(field, naming),
    description: message || ruleId,
    reason: reasonOf(ruleId),
  }));
  const text = found
    .map(({ field, description }) => (field === "" ? description : `${field}: ${description}`))
    .join("; ");
  return new StatusError(Code.INVALID_ARGUMENT, text, { details: [badRequestDetail(found)] });
}

/** `string.min_len` as a reason by AIP-193. */
function reasonOf(ruleId: string): string {
  return ruleId.toUpperCase().replace(/[^A-Z0-9]+/g, "_") || "INVALID_VALUE";
}

function pathText(path: readonly PathStep[], naming: "json" | "proto"): string {
  let text = "";
  for (const step of path) {
    if ("index" in step) text += `[${step.index}]`;
    else if ("key" in step) text += `[${JSON.stringify(String(step.key))}]`;
    else if ("name" in step) {
      const name = naming === "json" && "jsonName" in step ? step.jsonName : step.name;
      text += text === "" ? name : `.${name}`;
    }
  }
  return text;
}
