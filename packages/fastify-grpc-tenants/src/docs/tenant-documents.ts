import type { FastifyInstance } from "fastify";
import type {} from "fastify-grpc-openapi";
import { type GatewayRegistry, gatewayRegistry } from "grpc-transcoding";
import type { TenantSettings } from "../document/tenant-settings.ts";

/** What the pages of tenants are served by. */
export interface TenantPages {
  /** The URL prefix of the scope. */
  readonly base: string;
  /** Where documents are served in it, `"/openapi"`. */
  readonly documents: string;
  /** Where Swagger UI is, `"/docs"`; false for nowhere. */
  readonly ui: string | false;
  /** The name of the tenants' gateway. */
  readonly gateway: string;
  readonly tenants: () => ReadonlyMap<string, { readonly settings: TenantSettings }>;
}

/** For `urls` of Swagger UI. */
export interface DocumentUrl {
  readonly url: string;
  readonly name: string;
}

const hidden = { schema: { hide: true } as object };
const id = ":tenant(^[a-z0-9-]+$)";

/**
 * Serves `/openapi/<tenant>.json` and `.yaml`, each by the generation that serves the tenant, `/docs/<tenant>`, and
 * `/openapi/_ui.json`, which tells Swagger UI of all of them (its `configUrl`). A tenant that is not there, or that has
 * `docs: false`, is a path that the app does not have.
 */
export function serveTenantPages(app: FastifyInstance, pages: TenantPages): void {
  const { documents, ui, gateway } = pages;
  const isDocumented = (tenant: string): boolean => {
    const found = pages.tenants().get(tenant);
    return found !== undefined && found.settings.docs !== false;
  };
  for (const format of ["json", "yaml"] as const) {
    app.get<{ Params: { tenant: string } }>(
      `${documents}/${id}.${format}`,
      hidden,
      (request, reply) => {
        const { tenant } = request.params;
        if (!app.hasDecorator("grpcOpenapi")) return reply.callNotFound();
        if (isDocumented(tenant)) {
          return app.grpcOpenapi.send(request, reply, { tenant, gateway }, format);
        }
        // The documents of gateways are served at the same place.
        const other = gatewayOf(app, gatewayRegistry(app.server), tenant);
        if (other === undefined) return reply.callNotFound();
        return app.grpcOpenapi.send(request, reply, other, format);
      },
    );
  }
  app.get(`${documents}/_ui.json`, hidden, (_request, reply) =>
    reply.header("cache-control", "no-cache").send({ urls: documentUrls(pages) }),
  );
  if (ui === false) return;
  app.get<{ Params: { tenant: string } }>(`${ui}/${id}`, hidden, (request, reply) => {
    const { tenant } = request.params;
    if (!isDocumented(tenant)) return reply.callNotFound();
    return reply.redirect(`./?urls.primaryName=${tenant}`);
  });
}

/** One for each tenant that has a document. */
export function documentUrls({ base, documents, tenants }: TenantPages): DocumentUrl[] {
  return [...tenants()]
    .filter(([, { settings }]) => settings.docs !== false)
    .map(([tenant]) => ({ url: `${base}${documents}/${tenant}.json`, name: tenant }));
}

/** The name of the gateway whose document has a name in URLs. */
function gatewayOf(
  app: FastifyInstance,
  { gateways }: GatewayRegistry,
  name: string,
): string | undefined {
  return gateways[app.grpcOpenapi.urls().findIndex((one) => one.name === name)]?.name;
}
