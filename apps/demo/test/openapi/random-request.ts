import type { OpenApiDocument } from "fastify-grpc-openapi";
import type { Random } from "./random.ts";
import { randomValue, type Schema } from "./random-value.ts";

/** A request as `fastify.inject` takes it. */
export interface GeneratedRequest {
  readonly method: "GET";
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly payload?: string;
}

/** A request that the document allows for one of its operations. */
export function randomRequest(
  document: OpenApiDocument,
  path: string,
  method: string,
  operation: Schema,
  random: Random,
): GeneratedRequest {
  const query: string[] = [];
  const members = new Map<string, string>();
  let url = path;
  for (const parameter of (operation.parameters ?? []) as Schema[]) {
    // What they ask for, such as a part of a file, is answered otherwise.
    if (parameter.in === "header" || parameter.in === "cookie") continue;
    if (parameter.in === "path") {
      const value = String(randomValue(parameter.schema, document, random));
      url = url.replace(`{${parameter.name}}`, encodeURIComponent(value));
    } else if (parameter.required || (random.chance(0.5) && isFree(parameter, members))) {
      const value = randomValue(parameter.schema, document, random);
      query.push(...serialize(parameter, value));
    }
  }
  const content = operation.requestBody?.content ?? {};
  const json = content["application/json"];
  const headers: Record<string, string> = {};
  let payload: string | undefined;
  if (json) {
    headers["content-type"] = "application/json";
    payload = JSON.stringify(randomValue(json.schema, document, random));
  } else if (content["*/*"]) {
    headers["content-type"] = "text/plain";
    payload = "raw bytes";
  }
  return {
    method: method.toUpperCase() as "GET",
    url: query.length > 0 ? `${url}?${query.join("&")}` : url,
    headers,
    ...(payload !== undefined && { payload }),
  };
}

/** Whether the oneofs of a parameter have no other member yet; they have this one afterwards. */
function isFree(parameter: Schema, members: Map<string, string>): boolean {
  const oneofs: { name: string; member: string }[] = parameter["x-oneof"] ?? [];
  if (oneofs.some(({ name, member }) => (members.get(name) ?? member) !== member)) return false;
  for (const { name, member } of oneofs) members.set(name, member);
  return true;
}

function serialize(parameter: Schema, value: unknown): string[] {
  const pair = (name: string, one: unknown): string =>
    `${encodeURIComponent(name)}=${encodeURIComponent(String(one))}`;
  if (Array.isArray(value) && parameter.explode === false) {
    const items = value.map((one) => encodeURIComponent(String(one))).join(",");
    return [`${encodeURIComponent(parameter.name)}=${items}`];
  }
  if (Array.isArray(value)) return value.map((one) => pair(parameter.name, one));
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).map(([key, one]) => pair(`${parameter.name}[${key}]`, one));
  }
  return [pair(parameter.name, value)];
}
