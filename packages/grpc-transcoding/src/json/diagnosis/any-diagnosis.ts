import type { DescMessage } from "@bufbuild/protobuf";
import { keyStep } from "../field-path-text.ts";
import { excerpt, toObject, UnexpectedValue, unexpected } from "../to-wire/unexpected-value.ts";
import { typeNameOf } from "../well-known/any.ts";
import type { DiagnosisContext } from "./field-diagnosis.ts";
import { checkDepth } from "./message-diagnosis.ts";
import { type Diagnose, partsDiagnosis } from "./violations.ts";

/** What the diagnosis of an Any needs of the codec. */
export interface AnyDiagnosisContext extends DiagnosisContext {
  findMessage(typeName: string): DescMessage | undefined;
  /** Of the object of an Any; undefined for types with a special JSON form, which stands under `value`. */
  contentDiagnosis(message: DescMessage): Diagnose | undefined;
}

/** The diagnosis of google.protobuf.Any; `{}` is an empty one. */
export function anyDiagnosis(context: AnyDiagnosisContext): Diagnose {
  return partsDiagnosis((value, path, violations, depth) => {
    const object = toObject(value);
    checkDepth(depth);
    if (Object.keys(object).length === 0) return;
    const message = messageOf(object, context);
    const diagnose = context.contentDiagnosis(message);
    if (diagnose !== undefined) {
      diagnose(object, path, violations, depth + 1);
      return;
    }
    checkSpecial(object, message.typeName, context);
    const step = path + keyStep("value");
    context.messageDiagnosis(message)(object.value, step, violations, depth + 1);
  });
}

function messageOf(object: Record<string, unknown>, context: AnyDiagnosisContext): DescMessage {
  if (!Object.hasOwn(object, "@type")) {
    throw new UnexpectedValue('"@type" is missing from a google.protobuf.Any');
  }
  const typeUrl = object["@type"];
  if (typeof typeUrl !== "string") unexpected('type URL in "@type"', typeUrl);
  const typeName = typeNameOf(typeUrl);
  if (typeName === undefined) {
    unexpected('type URL such as "type.googleapis.com/package.Message" in "@type"', typeUrl);
  }
  const message = context.findMessage(typeName);
  if (message === undefined) {
    throw new UnexpectedValue(`the schema has no message ${excerpt(typeName)}`);
  }
  return message;
}

function checkSpecial(
  object: Record<string, unknown>,
  typeName: string,
  { options }: AnyDiagnosisContext,
): void {
  if (!Object.hasOwn(object, "value")) {
    throw new UnexpectedValue(`"value" is missing from a google.protobuf.Any of ${typeName}`);
  }
  const other = Object.keys(object).find((key) => key !== "@type" && key !== "value");
  if (other !== undefined && options.unknownFields !== "ignore") {
    throw new UnexpectedValue(`${excerpt(other)} stands beside "value" in a google.protobuf.Any`);
  }
}
