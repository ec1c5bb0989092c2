import type {
  OperationObject,
  ParameterObject,
  RequestBodyObject,
  ResponseObject,
} from "../model/openapi.ts";

/** One operation of two that share a verb and a path, and are told apart by Accept or Content-Type. */
export function joinOperations(first: OperationObject, second: OperationObject): OperationObject {
  const parameters = joinParameters(first.parameters, second.parameters);
  const requestBody = joinBodies(first.requestBody, second.requestBody);
  const methods = [first["x-grpc-method"], second["x-grpc-method"]].flat();
  return {
    ...first,
    description: textOf([first.description, second.summary, second.description]),
    ...(parameters.length > 0 && { parameters }),
    ...(requestBody && { requestBody }),
    responses: joinResponses(first.responses, second.responses),
    "x-grpc-method": methods,
  };
}

function textOf(parts: readonly (string | undefined)[]): string {
  return [...new Set(parts.filter(Boolean))].join("\n\n");
}

/** What one of them does not need, a client may leave out. */
function joinParameters(
  first: readonly ParameterObject[] = [],
  second: readonly ParameterObject[] = [],
): ParameterObject[] {
  const isIn = (list: readonly ParameterObject[], { name, in: place }: ParameterObject) =>
    list.some((other) => other.name === name && other.in === place);
  const optional = ({ required, ...parameter }: ParameterObject): ParameterObject =>
    parameter.in === "path" ? { ...parameter, required: true } : parameter;
  return [
    ...first.map((one) => (isIn(second, one) ? one : optional(one))),
    ...second.filter((one) => !isIn(first, one)).map(optional),
  ];
}

function joinBodies(
  first: RequestBodyObject | undefined,
  second: RequestBodyObject | undefined,
): RequestBodyObject | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return { ...first, content: { ...second.content, ...first.content } };
}

function joinResponses(
  first: Record<string, ResponseObject>,
  second: Record<string, ResponseObject>,
): Record<string, ResponseObject> {
  const joined = { ...second, ...first };
  for (const [status, response] of Object.entries(first)) {
    const other = second[status];
    if (other?.content === undefined) continue;
    joined[status] = {
      ...response,
      content: { ...other.content, ...response.content },
      ...((response.headers || other.headers) && {
        headers: { ...other.headers, ...response.headers },
      }),
    };
  }
  return joined;
}
