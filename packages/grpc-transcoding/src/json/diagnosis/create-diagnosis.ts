import type { DescMessage } from "@bufbuild/protobuf";
import type { JsonOptions, JsonViolation } from "../json-codec.ts";
import type { FieldsOf } from "../message-fields.ts";
import { acquire, release } from "../output-buffer.ts";
import { leafWriter } from "../well-known/leaf-writers.ts";
import { isSpecialMessage } from "../well-known/special-messages.ts";
import { type AnyDiagnosisContext, anyDiagnosis } from "./any-diagnosis.ts";
import { messageDiagnosis } from "./message-diagnosis.ts";
import { diagnoseJsonValue, diagnoseListValue, diagnoseStruct } from "./struct-diagnosis.ts";
import { type Diagnose, leafDiagnosis, Violations } from "./violations.ts";

/** What is wrong with a value as a message's ProtoJSON: nothing, or up to 20 violations. */
export type Diagnosis = (value: unknown) => readonly JsonViolation[];

/** Creates the walk over values of a codec, of which each message type is compiled when it is first needed. */
export function createDiagnosis(
  options: JsonOptions,
  fieldsOf: FieldsOf,
  findMessage: (typeName: string) => DescMessage | undefined,
): (message: DescMessage) => Diagnosis {
  const compiled = new Map<DescMessage, Diagnose>();
  const contents = new Map<DescMessage, Diagnose>();
  const context: AnyDiagnosisContext = {
    options,
    findMessage,
    messageDiagnosis(message) {
      let diagnose = compiled.get(message);
      if (diagnose === undefined) {
        diagnose = isSpecialMessage(message)
          ? specialDiagnosis(message, context)
          : messageDiagnosis(message, fieldsOf, context);
        compiled.set(message, diagnose);
      }
      return diagnose;
    },
    contentDiagnosis(message) {
      if (isSpecialMessage(message)) return undefined;
      let diagnose = contents.get(message);
      if (diagnose === undefined) {
        diagnose = messageDiagnosis(message, fieldsOf, context, true);
        contents.set(message, diagnose);
      }
      return diagnose;
    },
  };
  return (message) => {
    const diagnose = context.messageDiagnosis(message);
    return (value) => {
      const violations = new Violations();
      // Whether a value can be written is found out by writing it.
      const interrupted = acquire();
      try {
        diagnose(value, "", violations, 1);
      } finally {
        release(interrupted);
      }
      return violations.list;
    };
  };
}

function specialDiagnosis(message: DescMessage, context: AnyDiagnosisContext): Diagnose {
  const write = leafWriter(message);
  if (write !== undefined) return leafDiagnosis(write);
  switch (message.name) {
    case "Struct":
      return diagnoseStruct;
    case "Value":
      return diagnoseJsonValue;
    case "ListValue":
      return diagnoseListValue;
    default:
      return anyDiagnosis(context);
  }
}
