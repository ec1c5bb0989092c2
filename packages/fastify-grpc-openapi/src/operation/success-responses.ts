import { STATUS_CODES } from "node:http";
import type { HttpBinding } from "grpc-transcoding";
import type { DocumentContext } from "../context/document-context.ts";
import { restOf } from "../context/rest-of.ts";
import type { ResponseObject } from "../model/openapi.ts";
import { isCacheable, ruleHeaders } from "./header-fields.ts";
import { successResponse } from "./success-response.ts";

/** The responses to a call that succeeds, by HTTP status: those that the method's rule declares, or 200. */
export function successResponses(
  binding: HttpBinding,
  context: DocumentContext,
): Record<string, ResponseObject> {
  const { success } = restOf(binding, context);
  const response = successResponse(binding, context);
  const added = ruleHeaders(binding, context);
  const headers = { ...response.headers, ...added };
  const whole = Object.keys(headers).length > 0 ? { ...response, headers } : response;
  const statuses = new Set([success?.status ?? 200, ...(success?.statuses ?? [])]);
  // A redirect whose response names no place is a plain answer.
  if ([...statuses].some(isRedirect)) statuses.add(200);
  const responses: Record<string, ResponseObject> = {};
  for (const status of [...statuses].sort((a, b) => a - b)) {
    responses[status] = isEmpty(status) ? withoutContent(whole, status) : described(whole, status);
  }
  if (isCacheable(binding, context)) responses[304] = withoutContent(whole, 304);
  return responses;
}

function isRedirect(status: number): boolean {
  return status > 300 && status !== 304;
}

function isEmpty(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

/** Two statuses with one text would tell a reader nothing. */
function described(response: ResponseObject, status: number): ResponseObject {
  if (status === 200) return response;
  return { ...response, description: `${STATUS_CODES[status]}: ${response.description}` };
}

function withoutContent({ headers }: ResponseObject, status: number): ResponseObject {
  return { description: `${STATUS_CODES[status]}.`, ...(headers && { headers }) };
}
