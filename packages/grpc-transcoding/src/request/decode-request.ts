import { JsonError } from "../json/json-codec.ts";
import type { RequestDiagnosis, RequestEncoder, RequestLayout } from "../json/request-layout.ts";
import { firstJsonValue, skipSpace } from "../json/skip-json.ts";
import { isSpecialMessage } from "../json/well-known/special-messages.ts";
import type { FieldViolation } from "../status/error-details.ts";
import { type PathField, setPathField } from "./bind-path.ts";
import type { QueryBinder } from "./bind-query.ts";
import type { FieldMaskInference } from "./infer-field-mask.ts";
import { type RequestValue, setOwn } from "./request-value.ts";
import { quote, TextValueError } from "./text-dialect.ts";
import { addViolation, badBody, badRequest, parseText } from "./violations.ts";

/** How the parts of a request are read. */
export interface RequestRules {
  readonly layout: RequestLayout;
  readonly encoder: RequestEncoder;
  readonly pathFields: readonly PathField[];
  readonly bindQuery: QueryBinder;
  /** As `bindQuery`, to find all that is wrong. */
  readonly checkQuery: QueryBinder;
  readonly inference: FieldMaskInference | undefined;
}

/** A request, of which `query` may come from a form with `formViolations`. */
interface RequestTexts {
  readonly captures: readonly string[];
  readonly query: string;
  readonly body: Uint8Array;
  readonly formViolations: readonly FieldViolation[];
}

/** The bytes of a request. Throws a StatusError with all that is wrong. */
export type RequestDecoder = (request: RequestTexts) => Buffer;

const noFields: RequestValue = {};

/** Compiles the requests of a binding: at first as if all was well, and once more if not, to say what is wrong. */
export function compileRequestDecoder(rules: RequestRules): RequestDecoder {
  const { encoder, pathFields, bindQuery } = rules;

  function valuesOf({ captures, formViolations }: RequestTexts): unknown[] | undefined {
    if (formViolations.length > 0) return undefined;
    const values: unknown[] = [];
    try {
      for (let i = 0; i < pathFields.length; i++) {
        const { index, parse } = pathFields[i] as PathField;
        values.push(parse(captures[index] ?? ""));
      }
      return values;
    } catch (error) {
      if (error instanceof TextValueError) return undefined;
      throw error;
    }
  }

  function fieldsOf(query: string): RequestValue | undefined {
    if (query === "") return noFields;
    const fields: RequestValue = {};
    const violations: FieldViolation[] = [];
    bindQuery(query, fields, violations);
    return violations.length === 0 ? fields : undefined;
  }

  return (request) => {
    const { query, body } = request;
    const values = valuesOf(request);
    const fields = values && fieldsOf(query);
    const bytes = values && fields && encoder.encode({ body, values, fields });
    return bytes ?? decodeCarefully(request, fields ?? noFields, rules);
  };
}

/** Says what is wrong with a request, or takes one that is right but unusual. */
function decodeCarefully(
  { captures, query, body, formViolations }: RequestTexts,
  fields: RequestValue,
  { layout, encoder, pathFields, checkQuery, inference }: RequestRules,
): Buffer {
  const text = layout.trailing === "ignore" ? firstJsonValue(body) : body;
  const isWhole = layout.body === "*";
  // The ProtoJSON of Timestamp and the like is no object: there, no body is no value.
  if (text.length === 0 && isWhole && isSpecialMessage(layout.message)) return Buffer.alloc(0);
  const parse = ({ name, index, parse }: PathField, violations: FieldViolation[]): unknown =>
    parseText(parse, captures[index] ?? "", name, violations);
  const values = pathFields.map((field) => parse(field, []));
  const bodyField = typeof layout.body === "object" ? layout.body : undefined;
  const found = diagnoseBody(bodyField?.name ?? "", () =>
    encoder.diagnose({ body: text, values, fields }),
  );

  const violations: FieldViolation[] = [];
  inference?.check(found.trail, violations);
  const target: RequestValue = {};
  if (bodyField !== undefined && text.length > 0) setOwn(target, bodyField.jsonName, {});
  for (const [i, field] of pathFields.entries()) {
    const value = parse(field, violations);
    if (value !== undefined) setPathField(field, value, target);
    if (!found.conflicts.has(i)) continue;
    const description = `the body has another value than the path, ${quote(captures[field.index] ?? "")}`;
    addViolation(violations, field.name, "BOUND_ELSEWHERE", description);
  }
  violations.push(...formViolations);
  if (query !== "") checkQuery(query, target, violations);

  // What is no object has no place for path and query: that is the body's fault.
  const isObject = !isWhole || text.length === 0 || text[skipSpace(text, 0)] === 123;
  if (isObject && violations.length > 0) throw badRequest(violations);
  if (found.bytes !== undefined && found.violations.length === 0) return found.bytes;
  throw badBody(new JsonError(found.violations), "");
}

function diagnoseBody(field: string, diagnose: () => RequestDiagnosis): RequestDiagnosis {
  try {
    return diagnose();
  } catch (error) {
    throw error instanceof JsonError ? badBody(error, field) : error;
  }
}
