import type { HttpBinding } from "grpc-transcoding";
import type { DocumentContext } from "../context/document-context.ts";
import { fieldPathName } from "../model/field-name.ts";
import type { ParameterObject, SchemaObject } from "../model/openapi.ts";
import type { PathParameter } from "../path/path-key.ts";
import { pathText } from "../path/path-key.ts";
import { constrainedValue, fieldDocumentation } from "../schema/field-schema.ts";

/** The path parameters of an operation, `names` being those of the document's path. */
export function pathParameterObjects(
  binding: HttpBinding,
  parameters: readonly PathParameter[],
  names: readonly string[],
  context: DocumentContext,
): ParameterObject[] {
  return parameters.map((parameter, index) => {
    const documentation = parameter.variable
      ? fieldDocumentation(parameter.variable.field.fields.at(-1) as never, context)
      : {};
    const description = [partOf(binding, parameter, names, context), documentation.description]
      .filter(Boolean)
      .join("\n\n");
    return {
      name: names[index] ?? parameter.name,
      in: "path",
      required: true,
      ...(description !== "" && { description }),
      ...(documentation.deprecated && { deprecated: true }),
      schema: parameterSchema(parameter, context),
      ...(parameter.whole && extensionsOf(documentation)),
    };
  });
}

function parameterSchema(parameter: PathParameter, context: DocumentContext): SchemaObject {
  if (parameter.deep) return { type: "string" };
  const field = parameter.variable?.field.fields.at(-1);
  if (parameter.whole && field !== undefined) return constrainedValue(field, context);
  return { type: "string", pattern: "^[^/]+$" };
}

// A variable of several segments is several parameters: each tells the whole that it is part of.
function partOf(
  binding: HttpBinding,
  parameter: PathParameter,
  names: readonly string[],
  context: DocumentContext,
): string {
  const deep = parameter.deep ? 'May contain "/".' : "";
  const variable = parameter.variable;
  if (variable === undefined) return deep || "Any text; no field of the request takes it.";
  const range = binding.template.variables[variable.index];
  if (parameter.whole || range === undefined) return deep;
  const before = binding.template.segments.slice(0, range.start);
  const skipped = before.filter((segment) => segment.kind !== "literal").length;
  const whole = pathText(
    {
      ...binding.template,
      segments: binding.template.segments.slice(range.start, range.end),
      verb: "",
    },
    names.slice(skipped),
  ).slice(1);
  const field = fieldPathName(variable.field.fields, context.json);
  return [`Part of \`${field}\`, which is \`${whole}\`.`, deep].filter(Boolean).join(" ");
}

function extensionsOf(documentation: SchemaObject): Record<`x-${string}`, unknown> {
  return Object.fromEntries(
    Object.entries(documentation).filter(([key]) => key.startsWith("x-google-resource")),
  );
}
