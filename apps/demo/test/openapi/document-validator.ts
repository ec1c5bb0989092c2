import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { OpenApiDocument } from "fastify-grpc-openapi";

/** Says what is wrong with a value by the schema at a place of the document; undefined if nothing is. */
export type Judge = (place: readonly string[], value: unknown) => string | undefined;

/**
 * Judges values by the schemas of an OpenAPI 3.1 document. Messages may have no properties but the
 * documented ones, though the document itself leaves that open.
 */
export function documentValidator(document: OpenApiDocument): Judge {
  const ajv = new Ajv2020({ strict: false, logger: false, allErrors: true });
  addFormats.default(ajv);
  for (const format of ["uint32", "uint64", "byte", "binary"]) ajv.addFormat(format, true);
  for (const format of ["int32", "int64", "float", "double"]) ajv.addFormat(format, true);
  ajv.addSchema(closed(document), "document");
  return (place, value) => {
    const pointer = place.map((part) =>
      encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1")),
    );
    const validate = ajv.compile({ $ref: `document#/${pointer.join("/")}` });
    return validate(value) ? undefined : ajv.errorsText(validate.errors);
  };
}

/** Details of errors stay open: their `@type` is a property beside the message's own. */
function closed(document: OpenApiDocument): OpenApiDocument {
  const schemas = Object.entries(document.components.schemas ?? {}).map(([name, schema]) => {
    const isOpen = /^(google\.rpc|fastify\.grpc)\./.test(name) || schema.additionalProperties;
    return [name, isOpen ? schema : { ...schema, unevaluatedProperties: false }];
  });
  return { ...document, components: { schemas: Object.fromEntries(schemas) } };
}
