import type { JsonCodec } from "../json/json-codec.ts";
import type { RequestLayout } from "../json/request-layout.ts";
import { isSpecialMessage } from "../json/well-known/special-messages.ts";
import type { FieldViolation } from "../status/error-details.ts";
import type { PathField } from "./bind-path.ts";
import type { QueryBinder } from "./bind-query.ts";
import type { RequestValue } from "./request-value.ts";
import { TextValueError } from "./text-dialect.ts";

/**
 * The bytes of a request from the texts of its parts; undefined for a request in which something is wrong,
 * or rare.
 */
export type PartsReader = (
  captures: readonly string[],
  query: string,
  body: Uint8Array,
) => Buffer | undefined;

const noFields: RequestValue = {};

/** Compiles the usual way of a binding's requests to bytes. */
export function compilePartsReader(
  layout: Omit<RequestLayout, "bound">,
  pathFields: readonly PathField[],
  bindQuery: QueryBinder,
  codec: JsonCodec,
): PartsReader {
  const isSpecial = isSpecialMessage(layout.message);
  const isWhole = layout.body === "*" && pathFields.length === 0;
  // Well-known types are no object, so that nothing can be put into them.
  if (isSpecial && !isWhole) return () => undefined;
  const encode = codec.requestToWire({ ...layout, bound: pathFields });

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

  return (captures, query, body) => {
    if (isSpecial && body.length === 0) return undefined;
    const values = valuesOf(captures);
    const fields = values && fieldsOf(query);
    if (values === undefined || fields === undefined) return undefined;
    return encode({ body, values, fields });
  };
}
