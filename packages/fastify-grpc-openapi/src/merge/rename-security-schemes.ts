import {
  type OpenApiDocument,
  type OperationObject,
  pathItemMethods,
  type SecurityRequirement,
} from "../model/openapi.ts";
import { isSameScheme } from "../security/security-schemes.ts";
import { suffixOf } from "./rename-components.ts";

/** The addition with other names for those of its security schemes that the base has as something else. */
export function renameSecuritySchemes(
  base: OpenApiDocument,
  addition: OpenApiDocument,
  label: string,
): OpenApiDocument {
  const theirs = base.components?.securitySchemes ?? {};
  const ours = addition.components.securitySchemes ?? {};
  const clashes = Object.keys(ours).filter(
    (name) => Object.hasOwn(theirs, name) && !isSameScheme(ours[name], theirs[name]),
  );
  if (clashes.length === 0) return addition;
  const names = new Map(clashes.map((name) => [name, `${name}.${suffixOf(label)}`]));
  const nameOf = (name: string): string => names.get(name) ?? name;
  const renamed = (requirements: readonly SecurityRequirement[]): SecurityRequirement[] =>
    requirements.map((requirement) => renameKeys(requirement, nameOf));
  return {
    ...addition,
    ...(addition.security && { security: renamed(addition.security) }),
    paths: mapOperations(addition.paths, (operation) =>
      operation.security ? { ...operation, security: renamed(operation.security) } : operation,
    ),
    components: { ...addition.components, securitySchemes: renameKeys(ours, nameOf) },
  };
}

function renameKeys<T>(
  values: Readonly<Record<string, T>>,
  nameOf: (name: string) => string,
): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [nameOf(name), value]));
}

function mapOperations(
  paths: OpenApiDocument["paths"],
  map: (operation: OperationObject) => OperationObject,
): OpenApiDocument["paths"] {
  const mapped: OpenApiDocument["paths"] = {};
  for (const [path, item] of Object.entries(paths)) {
    const { additionalOperations } = item;
    mapped[path] = {
      ...item,
      ...Object.fromEntries(
        pathItemMethods.flatMap((method) => {
          const operation = item[method];
          return operation === undefined ? [] : [[method, map(operation)]];
        }),
      ),
      ...(additionalOperations && {
        additionalOperations: Object.fromEntries(
          Object.entries(additionalOperations).map(([method, operation]) => [
            method,
            map(operation),
          ]),
        ),
      }),
    };
  }
  return mapped;
}
