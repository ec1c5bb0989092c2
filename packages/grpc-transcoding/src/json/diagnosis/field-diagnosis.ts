import type { DescMessage } from "@bufbuild/protobuf";
import { indexStep, keyStep } from "../field-path-text.ts";
import type { JsonOptions } from "../json-codec.ts";
import type { MessageField } from "../message-fields.ts";
import { enumWriter, mapKeyWriter, scalarWriter } from "../to-wire/scalar-writers.ts";
import { toArray, toObject } from "../to-wire/unexpected-value.ts";
import { type Diagnose, leafDiagnosis, partsDiagnosis } from "./violations.ts";

/** What the diagnosis of fields needs of the codec. */
export interface DiagnosisContext {
  readonly options: JsonOptions;
  /** The diagnosis of a message in any of its JSON forms. */
  messageDiagnosis(message: DescMessage): Diagnose;
}

/** The diagnosis of a whole field. */
export function fieldDiagnosis(field: MessageField, context: DiagnosisContext): Diagnose {
  const one = valueDiagnosis(field, context);
  if (field.fieldKind === "map") return mapDiagnosis(field, one);
  return field.fieldKind === "list" ? listDiagnosis(one) : one;
}

/** Of a singular field, of one element or of a map's value. */
function valueDiagnosis(field: MessageField, context: DiagnosisContext): Diagnose {
  if (field.message !== undefined) {
    const diagnose = context.messageDiagnosis(field.message);
    return (value, path, violations, depth) => diagnose(value, path, violations, depth + 1);
  }
  return leafDiagnosis(
    field.enum === undefined ? scalarWriter(field.scalar) : enumWriter(field.enum, context.options),
  );
}

function listDiagnosis(diagnoseElement: Diagnose): Diagnose {
  return partsDiagnosis((value, path, violations, depth) => {
    for (const [i, element] of toArray(value).entries()) {
      if (violations.full) return;
      diagnoseElement(element, path + indexStep(i), violations, depth);
    }
  });
}

function mapDiagnosis(
  { mapKey }: MessageField & { fieldKind: "map" },
  diagnoseValue: Diagnose,
): Diagnose {
  const diagnoseKey = leafDiagnosis(mapKeyWriter(mapKey));
  return partsDiagnosis((value, path, violations, depth) => {
    for (const [key, entry] of Object.entries(toObject(value))) {
      if (violations.full) return;
      const step = path + keyStep(key);
      diagnoseKey(key, step, violations, depth);
      diagnoseValue(entry, step, violations, depth);
    }
  });
}
