import { defaultErrorMapper, type HttpBinding } from "grpc-transcoding";
import { type Annotations, createAnnotations } from "../annotation/annotations.ts";
import { describe } from "../annotation/comments.ts";
import { visibilityFilter } from "../annotation/visibility.ts";
import { createComponents } from "../context/components.ts";
import type { DocumentContext, DocumentSource } from "../context/document-context.ts";
import { restOf } from "../context/rest-of.ts";
import { statusSchema } from "../error/error-body.ts";
import { anySchema } from "../error/error-detail.ts";
import type { OpenApiDocument, ServerObject, TagObject } from "../model/openapi.ts";
import { operationOf } from "../operation/operation.ts";
import { type OperationNaming, operationNaming } from "../operation/operation-names.ts";
import { mergeOverlay } from "../overlay/merge-overlay.ts";
import { applyOverlays } from "../overlay/overlays.ts";
import { pathNames, pathParameters, pathText } from "../path/path-key.ts";
import { createPathPlaces } from "../path/path-places.ts";
import { resourceNames } from "../path/resource-names.ts";
import { componentNames } from "../schema/component-names.ts";
import { enumSchema } from "../schema/enum-schema.ts";
import { messageSchema } from "../schema/message-schema.ts";
import { responseMessages } from "../schema/response-messages.ts";
import { withPolicySchemes } from "../security/security-schemes.ts";
import type { GrpcDocumentOptions } from "./document-options.ts";
import { placeOperation } from "./place-operation.ts";

/**
 * The OpenAPI 3.2 document of one gateway: every binding that its table serves, described by the
 * schema, the codec's options, the stream formats and the error table that answer it.
 */
export function buildDocument(
  source: DocumentSource,
  options: GrpcDocumentOptions = {},
): OpenApiDocument {
  const context = createContext(source, options);
  const bindings = source.bindings.filter(
    ({ method }) => context.isVisible(method.service.desc) && context.isVisible(method.desc),
  );
  const naming = operationNaming(bindings);
  const findNames = resourceNames(context.annotations);
  const places = createPathPlaces();
  const paths: OpenApiDocument["paths"] = {};
  for (const binding of bindings) {
    const parameters = pathParameters(binding, source.json, findNames);
    const path = pathText(
      binding.template,
      parameters.map((parameter) => parameter.name),
    );
    const key = places.place(source.prefix + path);
    const pathVariables = pathNames(key).slice(pathNames(source.prefix).length);
    const { produces, consumes } = restOf(binding, context);
    const isJoined = (produces ?? consumes) !== undefined;
    placeOperation(paths, key, binding.httpMethod, context.onFinding, isJoined, () =>
      operationOf(
        binding,
        parameters,
        {
          operationId: naming.operationId(binding),
          tag: naming.tag(binding.method.service),
          pathVariables,
        },
        context,
      ),
    );
  }
  const generated: OpenApiDocument = {
    openapi: "3.2.0",
    info: { title: titleOf(bindings), version: "1.0.0" },
    tags: tagsOf(bindings, naming, context),
    paths,
    components: { schemas: context.components.finish() },
  };
  const files = new Set(bindings.map(({ method }) => method.service.desc.file));
  const annotated = [...files].reduce(
    (document, file) => applyOverlays(document, "document", file, context.annotations),
    generated,
  );
  return configure(annotated, bindings, options, context);
}

/** What the options say, over what the annotations say; and the security schemes of the policies. */
function configure(
  document: OpenApiDocument,
  bindings: readonly HttpBinding[],
  options: GrpcDocumentOptions,
  { annotations, source, onFinding }: DocumentContext,
): OpenApiDocument {
  const hosts = options.defaultHost ? defaultHosts(bindings, annotations) : [];
  const given = options.servers ?? (hosts.length > 0 ? hosts : document.servers);
  const own = mergeOverlay(document.components.securitySchemes, options.securitySchemes);
  const schemes = withPolicySchemes(own, bindings, source.policies, onFinding);
  return {
    ...document,
    info: { ...document.info, ...options.info },
    servers: [...(given ?? [{ url: "/" }])],
    components: { ...document.components, ...(schemes && { securitySchemes: { ...schemes } }) },
    security: [...(options.security ?? document.security ?? [])],
  };
}

/** `(google.api.default_host)` of the services. */
function defaultHosts(bindings: readonly HttpBinding[], annotations: Annotations): ServerObject[] {
  const services = new Set(bindings.map(({ method }) => method.service.desc));
  const hosts = [...services].map((service) =>
    annotations.read(service, "google.api.default_host"),
  );
  const known = new Set(hosts.filter((host) => typeof host === "string" && host !== ""));
  return [...known].map((host) => ({ url: `https://${host}` }));
}

function createContext(source: DocumentSource, options: GrpcDocumentOptions): DocumentContext {
  const { schema, json } = source;
  const annotations = createAnnotations(schema.registry);
  const inResponses = responseMessages(source.bindings);
  const components = createComponents(
    componentNames(options.componentNames ?? "full", schema.registry),
    (type) => {
      if (type.kind === "enum") {
        return applyOverlays(enumSchema(type, context), "schema", type, annotations);
      }
      if (type.typeName === "google.protobuf.Any") return anySchema();
      if (type.typeName === "google.rpc.Status") return statusSchema(context);
      return applyOverlays(messageSchema(type, context), "schema", type, annotations);
    },
  );
  const context: DocumentContext = {
    source,
    schema,
    json,
    annotations,
    components,
    errors: source.errors ?? defaultErrorMapper,
    isVisible: visibilityFilter(annotations, options.visibility ?? []),
    oneof: options.oneof ?? "guard",
    omitUnspecified: options.omitUnspecified ?? false,
    isResponseMessage: (message) => inResponses.has(message),
    ref: components.ref,
    oauthScheme: options.oauthScheme,
    onFinding: options.onFinding ?? (() => {}),
  };
  return context;
}

function titleOf(bindings: readonly HttpBinding[]): string {
  const names = new Set(bindings.map(({ method }) => method.service.desc.name));
  return [...names].join(", ") || "gRPC gateway";
}

function tagsOf(
  bindings: readonly HttpBinding[],
  naming: OperationNaming,
  { schema, annotations }: DocumentContext,
): TagObject[] {
  const services = new Set(bindings.map(({ method }) => method.service));
  return [...services].map((service) => {
    const description = describe(schema, service.desc).text;
    const tag: TagObject = {
      name: naming.tag(service),
      ...(description !== "" && { description }),
    };
    return applyOverlays(tag, "tag", service.desc, annotations);
  });
}
