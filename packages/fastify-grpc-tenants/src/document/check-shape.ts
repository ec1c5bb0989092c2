import { Ajv, type DefinedError, type ValidateFunction } from "ajv";
import { suggestion } from "grpc-transcoding/internal";
import { quote } from "../option/option-value.ts";
import { type DocumentPath, type DocumentProblem, pathText } from "./document-problem.ts";
import { type DocumentSchema, documentSchema } from "./document-schema.ts";
import type { ParsedDocument } from "./parse-document.ts";

let validate: ValidateFunction | undefined;

/** Everything about a document that its schema refuses. Texts are demanded: `id: 0123` is a number to YAML. */
export function checkShape(document: ParsedDocument): readonly DocumentProblem[] {
  validate ??= new Ajv({ allErrors: true, verbose: true, ownProperties: true }).compile(
    documentSchema,
  );
  if (validate(document.value)) return [];
  const errors = (validate.errors ?? []) as DefinedError[];
  // What each of several forms would demand says less than all of them together.
  const choices = errors.filter(({ keyword }) => keyword === "oneOf");
  const isOfChoice = (error: DefinedError): boolean =>
    choices.some(
      (choice) =>
        choice !== error &&
        error.schemaPath.startsWith(`${choice.schemaPath}/`) &&
        `${error.instancePath}/`.startsWith(`${choice.instancePath}/`),
    );
  return errors
    .filter((error) => error.propertyName === undefined && !isOfChoice(error))
    .map((error) => problemOf(error, document));
}

function problemOf(error: DefinedError, document: ParsedDocument): DocumentProblem {
  const path = pathOf(error.instancePath, document.value);
  const schema = (error.parentSchema ?? {}) as DocumentSchema;
  const subject = pathText(path) || "the document";
  const given = (fix: string): DocumentProblem => ({
    path,
    message: `${subject} is ${quote(error.data)}: ${fix}`,
  });
  switch (error.keyword) {
    case "additionalProperties": {
      const { additionalProperty: name } = error.params;
      const known = Object.keys(schema.properties ?? {});
      const hint = suggestion(name, known) || ` Known are ${known.join(", ")}.`;
      const at = [...path, name];
      return { path: at, atKey: true, message: `${pathText(at)} does not exist.${hint}` };
    }
    case "required":
      return { path, message: `${subject} lacks ${JSON.stringify(error.params.missingProperty)}` };
    case "propertyNames": {
      const at = [...path, error.params.propertyName];
      const fix = schema.propertyNames?.description;
      return { path: at, atKey: true, message: `${pathText(at)}: name it by ${fix}` };
    }
    case "uniqueItems": {
      const at = [...path, error.params.i];
      const item = (error.data as unknown as readonly unknown[])[error.params.i];
      return { path: at, message: `${subject} has ${quote(item)} twice` };
    }
    case "type":
      return typeProblem(path, schema, document, given);
    case "enum": {
      const choices = (schema.enum ?? []).map(String);
      const hint = typeof error.data === "string" ? suggestion(error.data, choices) : "";
      return given(`use one of ${choices.join(", ")}.${hint}`);
    }
    case "minItems":
    case "minLength":
      return { path, message: `${subject} is empty: leave it out, or fill it` };
    case "minimum":
    case "maximum":
      return given(`give a number ${rangeOf(schema)}`);
    default:
      return given(`give ${schema.description ?? error.message ?? "something else"}`);
  }
}

const kinds: Readonly<Record<string, string>> = {
  string: "a text",
  array: "a list",
  object: "an object",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
};

function typeProblem(
  path: DocumentPath,
  { type = "" }: DocumentSchema,
  { value, sourceOf }: ParsedDocument,
  given: (fix: string) => DocumentProblem,
): DocumentProblem {
  const found = path.reduce((at: unknown, part) => Object(at)[part], value);
  const kind = kinds[type] ?? type;
  if (found === null) {
    return { path, message: `${pathText(path) || "the document"} is empty: give ${kind}` };
  }
  const source = sourceOf(path);
  if (type === "string" && source !== undefined) {
    const what = `the ${typeof found} ${String(found)}`;
    const fix = `quote it to make it a text: ${JSON.stringify(source)}`;
    return { path, message: `${pathText(path)} is ${what}: ${fix}` };
  }
  return given(`give ${kind}`);
}

function rangeOf({ minimum, maximum }: DocumentSchema): string {
  if (maximum === undefined) return `from ${minimum} on`;
  return `from ${minimum} to ${maximum}`;
}

/** The parts of a JSON pointer; those of lists are numbers. */
function pathOf(pointer: string, value: unknown): DocumentPath {
  const path: (string | number)[] = [];
  let at = value;
  for (const escaped of pointer.split("/").slice(1)) {
    const name = escaped.replaceAll("~1", "/").replaceAll("~0", "~");
    const part = Array.isArray(at) ? Number(name) : name;
    path.push(part);
    at = Object(at)[part];
  }
  return path;
}
