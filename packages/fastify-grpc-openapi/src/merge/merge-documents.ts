import type { OnFinding } from "../model/finding.ts";
import type {
  ComponentsObject,
  OpenApiDocument,
  OperationObject,
  PathItemObject,
} from "../model/openapi.ts";
import { pathItemMethods } from "../model/openapi.ts";
import { uniqueName } from "../path/path-key.ts";
import { createPathPlaces, renamedVariables } from "../path/path-places.ts";
import { renameClashes } from "./rename-components.ts";
import { renameSecuritySchemes } from "./rename-security-schemes.ts";
import { renamePathVariables } from "./rename-variables.ts";

/**
 * One document of two, in the base's terms: its info, servers, version and operations win; names of
 * the addition that clash get out of the way. `label` tells the additions of one base apart. Changes
 * neither document.
 */
export function mergeDocuments(
  base: OpenApiDocument,
  addition: OpenApiDocument,
  label: string,
  onFinding: OnFinding = () => {},
): OpenApiDocument {
  const added = renameSecuritySchemes(base, renameClashes(base, addition, label), label);
  const paths = { ...base.paths };
  const places = createPathPlaces(paths);
  const operationIds = new Set(operationIdsOf(base));
  for (const [path, item] of Object.entries(added.paths)) {
    const key = places.place(path);
    const renamed = renamePathVariables(item, renamedVariables(path, key));
    paths[key] = mergePathItem(paths[key] ?? {}, renamed, key, operationIds, onFinding);
  }
  const tags = byName(base.tags, added.tags);
  const servers = base.servers ?? added.servers;
  const security = base.security ?? added.security;
  return {
    ...base,
    ...extensionsOf(added),
    ...(tags && { tags }),
    ...(servers && { servers }),
    ...(security && { security }),
    paths,
    components: mergeComponents(base.components ?? {}, added.components),
  };
}

function mergePathItem(
  base: PathItemObject,
  addition: PathItemObject,
  path: string,
  operationIds: Set<string>,
  onFinding: OnFinding,
): PathItemObject {
  const merged: PathItemObject = { ...addition, ...base };
  for (const method of pathItemMethods) {
    const operation = addition[method];
    if (operation === undefined) continue;
    if (base[method] === undefined) {
      merged[method] = withUniqueId(operation, operationIds);
      continue;
    }
    onFinding({
      rule: "operation-shadowed",
      level: "warning",
      subject: `${method.toUpperCase()} ${path}`,
      message: `the app has this route itself; ${operation["x-grpc-method"]} is not described`,
    });
  }
  if (addition.additionalOperations) {
    merged.additionalOperations = {
      ...addition.additionalOperations,
      ...base.additionalOperations,
    };
  }
  return merged;
}

function withUniqueId(operation: OperationObject, taken: Set<string>): OperationObject {
  if (operation.operationId === undefined) return operation;
  const operationId = uniqueName(operation.operationId, taken);
  taken.add(operationId);
  return { ...operation, operationId };
}

function operationIdsOf(document: OpenApiDocument): string[] {
  return Object.values(document.paths ?? {}).flatMap((item) =>
    pathItemMethods.flatMap((method) => item[method]?.operationId ?? []),
  );
}

function mergeComponents(base: ComponentsObject, addition: ComponentsObject): ComponentsObject {
  const merged: ComponentsObject = { ...base };
  for (const [kind, components] of Object.entries(addition)) {
    merged[kind] = { ...components, ...merged[kind] };
  }
  return merged;
}

function byName<T extends { name: string }>(
  base: readonly T[] | undefined,
  addition: readonly T[] | undefined,
): T[] | undefined {
  if (!addition?.length) return base && [...base];
  const names = new Set(base?.map((item) => item.name));
  return [...(base ?? []), ...addition.filter((item) => !names.has(item.name))];
}

function extensionsOf(document: OpenApiDocument): Record<`x-${string}`, unknown> {
  return Object.fromEntries(Object.entries(document).filter(([key]) => key.startsWith("x-")));
}
