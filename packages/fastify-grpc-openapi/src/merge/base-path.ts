import type { OpenApiDocument, PathItemObject, ServerObject } from "../model/openapi.ts";

/**
 * The paths of a document relative to the host's servers, as @fastify/swagger's `stripBasePath`
 * does to the host's own. A path outside of every server's base path names the server itself.
 */
export function relativeToServers(
  document: OpenApiDocument,
  servers: readonly ServerObject[] | undefined,
): OpenApiDocument {
  const bases = (servers ?? []).map(serverBase);
  if (bases.every((base) => base.path === "")) return document;
  const paths: [string, PathItemObject][] = Object.entries(document.paths).map(([path, item]) => {
    const base = bases.find(({ path: prefix }) => path === prefix || path.startsWith(`${prefix}/`));
    if (base !== undefined) return [path.slice(base.path.length) || "/", item];
    return [path, { ...item, servers: bases.map(({ origin }) => ({ url: `${origin}/` })) }];
  });
  return { ...document, paths: Object.fromEntries(paths) };
}

interface ServerBase {
  /** Empty for a server without one. */
  readonly origin: string;
  /** Without a slash at its end. */
  readonly path: string;
}

function serverBase({ url, variables }: ServerObject): ServerBase {
  const text = url.replace(/\{([^{}]+)\}/g, (whole, name) => variables?.[name]?.default ?? whole);
  const [, origin = "", path = ""] = /^([a-z][a-z0-9+.-]*:\/\/[^/]*|)(.*)$/i.exec(text) ?? [];
  return { origin, path: path.replace(/[?#].*$/, "").replace(/\/+$/, "") };
}
