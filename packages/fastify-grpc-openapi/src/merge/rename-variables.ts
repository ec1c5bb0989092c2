import type { OperationObject, PathItemObject } from "../model/openapi.ts";
import { pathItemMethods } from "../model/openapi.ts";

/** A path item whose path parameters have other names. */
export function renamePathVariables(
  item: PathItemObject,
  names: ReadonlyMap<string, string>,
): PathItemObject {
  if (names.size === 0) return item;
  const renamed: PathItemObject = { ...item };
  for (const method of pathItemMethods) {
    const operation = item[method];
    if (operation !== undefined) renamed[method] = renameIn(operation, names);
  }
  return renamed;
}

function renameIn(operation: OperationObject, names: ReadonlyMap<string, string>): OperationObject {
  const parameters = operation.parameters?.map((parameter) => {
    const name = parameter.in === "path" ? names.get(parameter.name) : undefined;
    return name === undefined ? parameter : { ...parameter, name };
  });
  return parameters === undefined ? operation : { ...operation, parameters };
}
