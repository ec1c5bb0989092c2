import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { GatewayEntry } from "grpc-transcoding";
import type { RenderedDocument } from "./document/rendered-document.ts";

/** What the routes serve. */
export interface ServedDocuments {
  all(): RenderedDocument;
  of(gateway: GatewayEntry): RenderedDocument;
  readonly gateways: readonly GatewayEntry[];
}

type Format = "json" | "yaml";

const contentTypes: Readonly<Record<Format, string>> = {
  json: "application/json; charset=utf-8",
  // RFC 9512.
  yaml: "application/yaml; charset=utf-8",
};

/** Serves all gateways in one document. */
export function serveDocument(
  app: FastifyInstance,
  url: string,
  format: Format,
  documents: ServedDocuments,
): void {
  app.get(url, { schema: { hide: true } as object }, (request, reply) =>
    sendDocument(documents.all(), format, request, reply),
  );
}

/** Serves `<prefix>/<gateway>.json` and `.yaml` for gateways that come and go. */
export function serveGatewayDocuments(
  app: FastifyInstance,
  prefix: string,
  documents: ServedDocuments,
): void {
  app.get(`${prefix}/*`, { schema: { hide: true } as object }, (request, reply) => {
    const file = (request.params as { "*": string })["*"];
    const [, name, format] = /^(.+)\.(json|yaml)$/.exec(file) ?? [];
    const gateway = documents.gateways.find((entry) => documentName(entry) === name);
    if (gateway === undefined) return reply.callNotFound();
    return sendDocument(documents.of(gateway), format as Format, request, reply);
  });
}

/** The name of a gateway in URLs: `/api/v2` is `api-v2`, the gateway without a prefix `default`. */
export function documentName(gateway: Pick<GatewayEntry, "name">): string {
  return gateway.name.replace(/^\/+|\/+$/g, "").replace(/[^A-Za-z0-9._-]+/g, "-") || "default";
}

/** Answers with a document and its entity tag, or with 304 where the client has it. */
export function sendDocument(
  rendered: RenderedDocument,
  format: Format,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const etag = format === "json" ? rendered.etag : rendered.etag.replace(/"$/, '-yaml"');
  reply.header("etag", etag).header("cache-control", "no-cache");
  if (matchesEtag(request.headers["if-none-match"], etag)) return reply.code(304).send();
  return reply.type(contentTypes[format]).send(rendered.bytes(format));
}

// RFC 9110 13.1.2: weak comparison.
function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header
    .split(",")
    .map((tag) => tag.trim().replace(/^W\//, ""))
    .some((tag) => tag === "*" || tag === etag);
}
