import type { OnFinding } from "../model/finding.ts";
import {
  type OpenApiDocument,
  type OperationObject,
  type PathItemMethod,
  pathItemMethods,
} from "../model/openapi.ts";
import { joinOperations } from "./join-operations.ts";

/** The methods that a rule for any method (`*`) is documented under. */
const anyMethod: readonly PathItemMethod[] = ["get", "put", "post", "delete", "patch"];

/**
 * Puts an operation into its path item. Methods without a key of their own become
 * `additionalOperations` (3.2). `make` runs once per place. `isJoined`: media types tell it from others of its place, which
 * OpenAPI describes as one.
 */
export function placeOperation(
  paths: OpenApiDocument["paths"],
  path: string,
  httpMethod: string,
  onFinding: OnFinding,
  isJoined: boolean,
  make: () => OperationObject,
): void {
  paths[path] ??= {};
  const item = paths[path];
  const key = httpMethod.toLowerCase() as PathItemMethod;
  if (httpMethod !== "*" && !pathItemMethods.includes(key)) {
    item.additionalOperations ??= {};
    item.additionalOperations[httpMethod] = make();
    onFinding({
      rule: "method-without-key",
      level: "warning",
      subject: `${httpMethod} ${path}`,
      message: "OpenAPI before 3.2 has no key for the method; those documents lack the operation",
    });
    return;
  }
  for (const method of httpMethod === "*" ? anyMethod : [key]) {
    if (item[method] === undefined) {
      item[method] = make();
    } else if (isJoined) {
      item[method] = joinOperations(item[method], make());
    } else if (httpMethod !== "*") {
      onFinding({
        rule: "path-overlap",
        level: "warning",
        subject: `${httpMethod} ${path}`,
        message:
          "another binding has this path in OpenAPI's eyes, which cannot tell * from **; only the first is described",
      });
    }
  }
}
