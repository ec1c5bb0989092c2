import { type OpenApiDocument, type OperationObject, pathItemMethods } from "../model/openapi.ts";
import { canonicalPath } from "../path/path-key.ts";

/** An operation with its place. */
export interface FoundOperation {
  /** `GET /v1/books/{book}`. */
  readonly subject: string;
  readonly path: string;
  readonly operation: OperationObject;
  /** What the operation demands, or else the document. */
  readonly security: OpenApiDocument["security"];
}

/** The operations of a document by method and path, the names of variables aside. */
export function operationsOf(document: OpenApiDocument): Map<string, FoundOperation> {
  const found = new Map<string, FoundOperation>();
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    const named = pathItemMethods.map((method) => [method.toUpperCase(), item[method]] as const);
    const others = Object.entries(item.additionalOperations ?? {});
    for (const [method, operation] of [...named, ...others]) {
      if (operation === undefined) continue;
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])];
      found.set(`${method} ${canonicalPath(path)}`, {
        subject: `${method} ${path}`,
        path,
        operation: { ...operation, parameters },
        security: operation.security ?? document.security,
      });
    }
  }
  return found;
}
