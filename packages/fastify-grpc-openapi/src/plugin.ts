import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import fastifyPlugin from "fastify-plugin";
import { type GatewayEntry, gatewayRegistry } from "grpc-transcoding";
import { checkBindings } from "./completeness/check-source.ts";
import { gatewayDocuments } from "./document/gateway-documents.ts";
import { type RenderedDocument, renderDocument } from "./document/rendered-document.ts";
import { type DocumentChoice, findEntry } from "./document-choice.ts";
import {
  documentName,
  sendDocument,
  serveDocument,
  serveGatewayDocuments,
} from "./document-routes.ts";
import { FST_GRPC_OPENAPI_INCOMPLETE } from "./errors.ts";
import { relativeToServers } from "./merge/base-path.ts";
import { mergeDocuments } from "./merge/merge-documents.ts";
import { type SwaggerDocument, upgradeSwagger } from "./merge/upgrade-swagger.ts";
import type { Finding } from "./model/finding.ts";
import type { OpenApiDocument } from "./model/openapi.ts";
import { type FastifyGrpcOpenapiOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import { withPolicySchemes } from "./security/security-schemes.ts";
import { wrapSwagger } from "./swagger-decorator.ts";

/**
 * What `app.grpcOpenapi` offers. All documents are live: they follow reloads of gateways and generations of tenants. Throws
 * FST_GRPC_OPENAPI_GATEWAY for a gateway or a tenant that is not there.
 */
export interface GrpcOpenapi {
  /** The document, without the app's own routes. That of a tenant has its operations alone, and no other has them. */
  document(which?: DocumentChoice): OpenApiDocument;
  json(which?: DocumentChoice): string;
  yaml(which?: DocumentChoice): string;
  /** The strong entity tag of the JSON text, quotes included: another one for another document. */
  etag(which?: DocumentChoice): string;
  /** Answers a request with a document: with its entity tag, or 304 where the client has it. */
  send(
    request: FastifyRequest,
    reply: FastifyReply,
    which?: DocumentChoice,
    format?: "json" | "yaml",
  ): FastifyReply;
  /** For `uiConfig.urls` of Swagger UI: one document per gateway. */
  urls(): { readonly url: string; readonly name: string }[];
  /**
   * For `transformObject` of @fastify/swagger: the explicit way to merge, with `decorator: false`.
   * Its result is cached by @fastify/swagger, so reloads do not show.
   */
  transformObject(host: { openapiObject: object } | { swaggerObject: object }): object;
}

declare module "fastify" {
  interface FastifyInstance {
    grpcOpenapi: GrpcOpenapi;
  }
}

async function register(app: FastifyInstance, given: FastifyGrpcOpenapiOptions): Promise<void> {
  const options = resolveOptions(given);
  const registry = gatewayRegistry(app.server);
  const reported = new Set<string>();
  const onFinding = (finding: Finding): void => {
    const key = `${finding.rule} ${finding.subject}`;
    if (reported.has(key)) return;
    reported.add(key);
    app.log[finding.level === "info" ? "info" : "warn"](
      { finding },
      `OpenAPI: ${finding.subject}: ${finding.message}`,
    );
  };
  const documents = gatewayDocuments(registry, { ...options.document, onFinding });

  let latest: { base: OpenApiDocument; revision: string; rendered: RenderedDocument } | undefined;
  const merge = (base: OpenApiDocument): RenderedDocument => {
    const { revision } = documents;
    if (latest?.base !== base || latest.revision !== revision) {
      const ours = documents.merged(base.openapi).document;
      const relative = relativeToServers(ours, base.servers);
      const merged = mergeDocuments(base, relative, "grpc", onFinding);
      latest = { base, revision, rendered: renderDocument(merged) };
    }
    return latest.rendered;
  };

  const find = (which: DocumentChoice | undefined): RenderedDocument =>
    which === undefined
      ? documents.merged(options.openapi)
      : documents.of(findEntry(registry, which), options.openapi);

  const { routes, decorator } = options;
  app.decorate("grpcOpenapi", {
    document: (which) => find(which).document,
    json: (which) => find(which).json,
    yaml: (which) => find(which).yaml,
    etag: (which) => find(which).etag,
    send: (request, reply, which, format = "json") =>
      sendDocument(find(which), format, request, reply),
    urls: () =>
      registry.gateways.map((entry) => ({
        url: `${routes.gateways}/${documentName(entry)}.json`,
        name: documentName(entry),
      })),
    transformObject: (host) => {
      const base =
        "openapiObject" in host
          ? (host.openapiObject as OpenApiDocument)
          : upgradeSwagger(host.swaggerObject as SwaggerDocument);
      return merge(base).document;
    },
  });

  const wrap = (): (() => OpenApiDocument) | undefined =>
    decorator === false ? undefined : wrapSwagger(app, decorator, merge);
  let hostDocument = wrap();
  const json = routes.json ?? (hostDocument ? false : "/openapi.json");
  const yaml = routes.yaml ?? (hostDocument ? false : "/openapi.yaml");
  // @fastify/swagger may be registered after this plugin.
  app.addHook("onReady", async () => {
    hostDocument ??= wrap();
    if (options.check !== "off") checkGateways(registry.gateways, options, app.log);
  });
  const all = (): RenderedDocument => {
    const base = hostDocument?.();
    return base ? merge(base) : documents.merged(options.openapi);
  };
  const served = {
    all,
    of: (gateway: Parameters<typeof documents.of>[0]) => documents.of(gateway, options.openapi),
    gateways: registry.gateways,
  };
  if (json) serveDocument(app, json, "json", served);
  if (yaml) serveDocument(app, yaml, "yaml", served);
  if (routes.gateways) serveGatewayDocuments(app, routes.gateways, served);

  // Routes that send our document as an object (Swagger UI's /json) get the cached text.
  app.addHook("onRoute", (route: RouteOptions) => {
    const hidden = (route.schema as { hide?: boolean } | undefined)?.hide === true;
    if (!hidden || !route.url.endsWith("/json")) return;
    const existing = [route.preSerialization ?? []].flat();
    route.preSerialization = [
      ...existing,
      (_request, reply, payload, done) => {
        const rendered = latest?.rendered;
        if (rendered !== undefined && payload === rendered.document) {
          reply.serializer(() => rendered.json);
        }
        done(null, payload);
      },
    ];
  });
}

/** Tells in one line per gateway what its document would lack. */
function checkGateways(
  gateways: readonly GatewayEntry[],
  { check, document }: ResolvedOptions,
  log: FastifyInstance["log"],
): void {
  for (const gateway of gateways) {
    const findings: Finding[] = [];
    const onFinding = (finding: Finding): void => void findings.push(finding);
    checkBindings(gateway, document, onFinding);
    withPolicySchemes(document.securitySchemes, gateway.bindings, gateway.policies, onFinding);
    const missing = findings.filter(({ level }) => level !== "info");
    if (missing.length === 0) continue;
    const lines = missing.map(({ subject, message }) => `${subject}: ${message}`);
    if (check === "throw") throw new FST_GRPC_OPENAPI_INCOMPLETE(lines.join("\n"));
    const more = lines.length > 1 ? ` (and ${lines.length - 1} more)` : "";
    log.warn({ gateway: gateway.name, lines }, `OpenAPI: ${lines[0]}${more}`);
  }
}

/** Documents the gateways of an app: in @fastify/swagger's document, and by routes of its own. */
export const fastifyGrpcOpenapi: typeof register = fastifyPlugin(register, {
  fastify: "5.x",
  name: "fastify-grpc-openapi",
});
