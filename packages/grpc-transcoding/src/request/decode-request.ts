import { JsonError } from "../json/json-codec.ts";
import type {
  RequestDiagnosis,
  RequestEncoder,
  RequestLayout,
  RequestParts,
} from "../json/request-layout.ts";
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

/**
 * The bytes of a request. Throws a StatusError with all that is wrong; `ofForm` is what was found in the form
 * that the query comes from.
 */
export type RequestDecoder = (
  captures: readonly string[],
  query: string,
  body: Uint8Array,
  ofForm: readonly FieldViolation[],
) => Buffer;

const noFields: RequestValue = {};

/** Compiles the requests of a binding: at first as if all was well, and once more if not, to say what is wrong. */
export function compileRequestDecoder(rules: RequestRules): RequestDecoder {
  const { encoder, pathFields, bindQuery } = rules;
  const diagnose = compileDiagnosis(rules);

  function valuesOf(captures: readonly string[]): unknown[] | undefined {
    const values: unknown[] = [];
    try {
      for (const { index, parse } of pathFields) values.push(parse(captures[index] ?? ""));
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

  return (captures, query, body, ofForm) => {
    const values = ofForm.length === 0 ? valuesOf(captures) : undefined;
    const fields = values && fieldsOf(query);
    const bytes = values && fields && encoder.encode({ body, values, fields });
    return bytes ?? diagnose(captures, query, body, ofForm, fields ?? noFields);
  };
}

function compileDiagnosis({
  layout,
  encoder,
  pathFields,
  checkQuery,
  inference,
}: RequestRules): (...parameters: [...Parameters<RequestDecoder>, fields: RequestValue]) => Buffer {
  const bodyField = typeof layout.body === "object" ? layout.body : undefined;
  // The ProtoJSON of Timestamp and the like is no object: there, no body is no value.
  const mayBeNone = layout.body === "*" && isSpecialMessage(layout.message);

  function diagnose(request: RequestParts): RequestDiagnosis {
    try {
      return encoder.diagnose(request);
    } catch (error) {
      throw error instanceof JsonError ? badBody(error, bodyField?.name ?? "") : error;
    }
  }

  return (captures, query, body, ofForm, fields) => {
    const text = layout.trailing === "ignore" ? firstJsonValue(body) : body;
    if (mayBeNone && text.length === 0) return Buffer.alloc(0);
    const parse = ({ name, index, parse }: PathField, violations: FieldViolation[]): unknown =>
      parseText(parse, captures[index] ?? "", name, violations);
    const values = pathFields.map((field) => parse(field, []));
    const found = diagnose({ body: text, values, fields });

    const violations: FieldViolation[] = [];
    const target: RequestValue = {};
    if (bodyField !== undefined && text.length > 0) setOwn(target, bodyField.jsonName, {});
    inference?.check(found.trail, violations);
    for (const [i, field] of pathFields.entries()) {
      const value = parse(field, violations);
      if (value !== undefined) setPathField(field, value, target);
      if (found.conflicts.has(i)) {
        const description = `the body has another value than the path, ${quote(captures[field.index] ?? "")}`;
        addViolation(violations, field.name, "BOUND_ELSEWHERE", description);
      }
    }
    violations.push(...ofForm);
    if (query !== "") checkQuery(query, target, violations);

    // What is no object has no place for path and query: that is the body's fault.
    const isObject = layout.body !== "*" || text.length === 0 || text[skipSpace(text, 0)] === 123;
    if (isObject && violations.length > 0) throw badRequest(violations);
    if (found.bytes !== undefined && found.violations.length === 0) return found.bytes;
    throw badBody(new JsonError(found.violations), "");
  };
}
