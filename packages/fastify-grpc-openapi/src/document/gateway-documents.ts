import type { GatewayEntry, GatewayRegistry } from "grpc-transcoding";
import { mergeDocuments } from "../merge/merge-documents.ts";
import type { OpenApiDocument } from "../model/openapi.ts";
import { lowerDocument } from "../version/lower-document.ts";
import { buildDocument } from "./build-document.ts";
import type { GrpcDocumentOptions } from "./document-options.ts";
import { type RenderedDocument, renderDocument } from "./rendered-document.ts";

/** The documents of all gateways of an app, rebuilt only after a gateway or its error table changed. */
export interface GatewayDocuments {
  /** Changes whenever a document may. */
  readonly revision: string;
  /** All gateways in one document of the given OpenAPI version. */
  merged(openapi: string): RenderedDocument;
  /** The document of one gateway, or of one tenant. */
  of(gateway: GatewayEntry, openapi: string): RenderedDocument;
}

/** The documents of one generation of a tenant, while nothing of its gateway changes. */
interface TenantDocuments {
  readonly revision: string;
  readonly byVersion: Map<string, RenderedDocument>;
}

/** The documents of the gateways of a registry, and of their tenants. */
export function gatewayDocuments(
  registry: GatewayRegistry,
  options: GrpcDocumentOptions,
): GatewayDocuments {
  let cachedFor = "";
  const cache = new Map<string, RenderedDocument>();
  const built = new Map<GatewayEntry, OpenApiDocument>();

  function revision(): string {
    const tables = registry.gateways.map((entry) => entry.errors?.revision ?? 0);
    return [registry.revision, ...tables].join(".");
  }

  function cached(key: string, make: () => OpenApiDocument): RenderedDocument {
    const now = revision();
    if (now !== cachedFor) {
      cache.clear();
      built.clear();
      cachedFor = now;
    }
    const known = cache.get(key);
    if (known !== undefined) return known;
    const rendered = renderDocument(make());
    cache.set(key, rendered);
    return rendered;
  }

  function documentOf(entry: GatewayEntry): OpenApiDocument {
    const known = built.get(entry);
    if (known !== undefined) return known;
    const document = buildDocument(entry, options);
    built.set(entry, document);
    return document;
  }

  // By entry: one generation of a tenant is one entry, and goes with it.
  const ofTenants = new WeakMap<GatewayEntry, TenantDocuments>();

  function tenantDocument(entry: GatewayEntry, openapi: string): RenderedDocument {
    const now = `${entry.revision}.${entry.errors?.revision ?? 0}`;
    let made = ofTenants.get(entry);
    if (made?.revision !== now) made = { revision: now, byVersion: new Map() };
    ofTenants.set(entry, made);
    const known = made.byVersion.get(openapi);
    if (known !== undefined) return known;
    const rendered = renderDocument(lowerDocument(buildDocument(entry, options), openapi));
    made.byVersion.set(openapi, rendered);
    return rendered;
  }

  return {
    get revision() {
      return revision();
    },
    merged(openapi) {
      return cached(openapi, () => {
        const [first, ...others] = registry.gateways;
        let document = first ? documentOf(first) : buildEmpty(options);
        for (const entry of others) {
          document = mergeDocuments(document, documentOf(entry), entry.name, options.onFinding);
        }
        return lowerDocument(document, openapi);
      });
    },
    of(entry, openapi) {
      if (entry.tenant !== undefined) return tenantDocument(entry, openapi);
      return cached(`${openapi} ${entry.name}`, () => lowerDocument(documentOf(entry), openapi));
    },
  };
}

function buildEmpty(options: GrpcDocumentOptions): OpenApiDocument {
  return {
    openapi: "3.2.0",
    info: { title: "gRPC gateway", version: "1.0.0", ...options.info },
    paths: {},
    components: {},
  };
}
