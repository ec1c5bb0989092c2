import type { FastifyInstance } from "fastify";
import type { RenderedDocument } from "./document/rendered-document.ts";
import { type SwaggerDocument, upgradeSwagger } from "./merge/upgrade-swagger.ts";
import type { OpenApiDocument } from "./model/openapi.ts";

/** The decorator of @fastify/swagger: the document as an object, or as YAML text. */
type SwaggerFunction = (this: unknown, options?: { yaml?: boolean }) => unknown;

const baseDocument: unique symbol = Symbol("fastify-grpc-openapi.base");

/**
 * Makes @fastify/swagger's decorator answer the merged document, by wrapping the function on the
 * instance that owns it: so it works whatever was registered first, and in any scope. Returns the
 * function that gives the unmerged document, or undefined when no instance above has the decorator.
 */
export function wrapSwagger(
  app: FastifyInstance,
  decorator: string,
  merge: (base: OpenApiDocument) => RenderedDocument,
): (() => OpenApiDocument) | undefined {
  const owner = ownerOf(app, decorator);
  if (owner === undefined) return undefined;
  const original = owner[decorator] as SwaggerFunction & { [baseDocument]?: () => OpenApiDocument };
  if (original[baseDocument]) return original[baseDocument];
  let made: unknown;
  let upgraded: OpenApiDocument | undefined;
  const base = (): OpenApiDocument => {
    const host = original.call(owner) as OpenApiDocument | SwaggerDocument;
    if ("openapi" in host) return host;
    if (upgraded === undefined || made !== host) upgraded = upgradeSwagger(host);
    made = host;
    return upgraded;
  };
  const swagger: SwaggerFunction = (options) => {
    const rendered = merge(base());
    return options?.yaml ? rendered.yaml : rendered.document;
  };
  owner[decorator] = Object.assign(swagger, { [baseDocument]: base });
  return base;
}

function ownerOf(app: FastifyInstance, name: string): Record<string, unknown> | undefined {
  let instance: object | null = app;
  while (instance !== null && !Object.hasOwn(instance, name)) {
    instance = Object.getPrototypeOf(instance);
  }
  return instance === null ? undefined : (instance as Record<string, unknown>);
}
