import { createHash } from "node:crypto";
import { stringify } from "yaml";
import type { OpenApiDocument } from "../model/openapi.ts";

/** A document with its texts, each made once, on first use. */
export interface RenderedDocument {
  readonly document: OpenApiDocument;
  readonly json: string;
  readonly yaml: string;
  /** The texts as bytes, which sending does not encode again. */
  bytes(format: "json" | "yaml"): Buffer;
  /** A strong entity tag of the document's content (RFC 9110), quotes included. */
  readonly etag: string;
}

/** Renders a document lazily. The document must not change afterwards. */
export function renderDocument(document: OpenApiDocument): RenderedDocument {
  let json: string | undefined;
  let yaml: string | undefined;
  let etag: string | undefined;
  const bytes: { json?: Buffer; yaml?: Buffer } = {};
  const rendered: RenderedDocument = {
    document,
    get json() {
      json ??= JSON.stringify(document);
      return json;
    },
    get yaml() {
      // Anchors, which some readers of OpenAPI refuse, are never needed: the document is a tree.
      yaml ??= stringify(document, { strict: false, aliasDuplicateObjects: false, lineWidth: 0 });
      return yaml;
    },
    bytes(format) {
      bytes[format] ??= Buffer.from(rendered[format]);
      return bytes[format];
    },
    get etag() {
      etag ??= `"${createHash("sha256").update(rendered.json).digest("base64url").slice(0, 22)}"`;
      return etag;
    },
  };
  return rendered;
}
