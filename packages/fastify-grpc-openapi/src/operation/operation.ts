import type { HttpBinding, MethodSchema } from "grpc-transcoding";
import { describe } from "../annotation/comments.ts";
import type { DocumentContext } from "../context/document-context.ts";
import { errorResponses } from "../error/error-responses.ts";
import type { OperationObject } from "../model/openapi.ts";
import { applyOverlays } from "../overlay/overlays.ts";
import type { PathParameter } from "../path/path-key.ts";
import { wellKnownSchema } from "../schema/well-known-types.ts";
import { operationSecurity } from "../security/operation-security.ts";
import { partResponses, rangeParameters } from "./byte-ranges.ts";
import { headerParameters } from "./header-fields.ts";
import { maskParameters, prettyParameters } from "./mask-parameters.ts";
import { pathParameterObjects } from "./path-parameters.ts";
import { policyParameters } from "./policy-headers.ts";
import { queryParameters } from "./query-parameters.ts";
import { requestBody } from "./request-body.ts";
import { lastEventIdParameters } from "./stream-events.ts";
import { successResponses } from "./success-responses.ts";

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
    ...rangeParameters(binding),
    ...lastEventIdParameters(binding, context),
    ...headerParameters(binding, context),
    ...maskParameters(binding, context),
    ...prettyParameters(binding, context),
    ...policyParameters(binding, context),
  ];
  const body = requestBody(binding, context);
  const deprecated =
    method.desc.deprecated || method.service.desc.deprecated || method.service.desc.file.deprecated;
  const operation: OperationObject = {
    operationId: names.operationId,
    tags: [names.tag],
    ...(summary !== "" && { summary }),
    ...(details !== "" && { description: details }),
    ...(deprecated && { deprecated }),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && { requestBody: body }),
    responses: {
      ...successResponses(binding, context),
      ...partResponses(binding),
      ...errorResponses(binding, context),
    },
    ...longrunning(method, context),
    ...operationSecurity(method, context),
    "x-grpc-method": `${method.service.name}/${method.name}`,
  };
  return applyOverlays(operation, "operation", method.desc, context.annotations);
}

/** What `(google.longrunning.operation_info)` says the operation will give, as components. */
function longrunning(
  method: MethodSchema,
  { annotations, schema, ref }: DocumentContext,
): Record<`x-${string}`, unknown> {
  const info = annotations.read(method.desc, "google.longrunning.operation_info") as
    | { responseType?: string; metadataType?: string }
    | undefined;
  if (info === undefined) return {};
  const typeOf = (name: string | undefined): unknown => {
    if (!name) return undefined;
    // Names are relative to the method's package unless they have one.
    const scope = method.desc.parent.file.proto.package;
    const message =
      schema.registry.getMessage(name) ?? schema.registry.getMessage(`${scope}.${name}`);
    return message === undefined ? name : (wellKnownSchema(message.typeName) ?? ref(message));
  };
  const types = {
    responseType: typeOf(info.responseType),
    metadataType: typeOf(info.metadataType),
  };
  return { "x-google-longrunning": types };
}
