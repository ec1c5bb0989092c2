import type { HttpBinding } from "grpc-transcoding";
import { describe } from "../comments.ts";
import type { DocumentContext } from "../document/document-context.ts";
import { errorResponses } from "../error/error-responses.ts";
import type { OperationObject } from "../openapi.ts";
import type { PathParameter } from "../path/path-key.ts";
import { pathParameterObjects } from "./path-parameters.ts";
import { queryParameters } from "./query-parameters.ts";
import { requestBody } from "./request-body.ts";
import { successResponse } from "./success-response.ts";

/** The names that an operation has in its document. */
export interface OperationNames {
  readonly operationId: string;
  readonly tag: string;
  /** Of the path's variables, in order. */
  readonly pathVariables: readonly string[];
}

/** The operation of one binding. */
export function operationOf(
  binding: HttpBinding,
  pathParameters: readonly PathParameter[],
  names: OperationNames,
  context: DocumentContext,
): OperationObject {
  const { method } = binding;
  const { summary, details } = describe(context.schema, method.desc);
  const parameters = [
    ...pathParameterObjects(binding, pathParameters, names.pathVariables, context),
    ...queryParameters(binding, context),
  ];
  const body = requestBody(binding, context);
  const deprecated =
    method.desc.deprecated || method.service.desc.deprecated || method.service.desc.file.deprecated;
  return {
    operationId: names.operationId,
    tags: [names.tag],
    ...(summary !== "" && { summary }),
    ...(details !== "" && { description: details }),
    ...(deprecated && { deprecated }),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && { requestBody: body }),
    responses: { 200: successResponse(binding, context), ...errorResponses(binding, context) },
    "x-grpc-method": `${method.service.name}/${method.name}`,
  };
}
