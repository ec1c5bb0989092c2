import type { Declaration, FileNode, MessageNode, PackageNode } from "../model/declaration.ts";
import { suggestion } from "./nearest-name.ts";
import { descend, type SymbolTable, visibleTypeNames } from "./symbol-table.ts";

/** Finds what names in a file refer to, with the rules of C++: innermost scope first. */
export interface NameResolver {
  /**
   * @param name with a leading dot it is a full name
   * @param scope the message that encloses the reference, or undefined at the top of the file
   * @param typesOnly passes over everything that is no message or enum
   */
  resolve(
    name: string,
    scope: MessageNode | undefined,
    typesOnly: boolean,
  ): Declaration | undefined;
  /** Why the name did not resolve. */
  explain(name: string, scope: MessageNode | undefined): string;
}

/** A suggestion compares with every name that is visible: only the first errors of a file get one. */
const MAX_SUGGESTIONS = 20;

interface Failure {
  /** The name is defined in this file, which is not imported. */
  hidden: Declaration | undefined;
  /** The first part was found in a scope that lacks the rest. */
  incomplete: string | undefined;
}

export function createNameResolver(table: SymbolTable, file: FileNode): NameResolver {
  const cache = new Map<string, Declaration | null>();
  let packages: Set<PackageNode> | undefined;
  let suggestions = 0;

  const isVisible = (node: Declaration): boolean => {
    if (node.kind !== "package") return node.file === file || file.visible.has(node.file);
    packages ??= visiblePackages(file);
    return packages.has(node);
  };

  const partsOf = (name: string): readonly string[] => {
    let parts = table.nameParts.get(name);
    if (parts === undefined) {
      parts = name.split(".");
      table.nameParts.set(name, parts);
    }
    return parts;
  };

  /** `null`: not in this scope, look further out; undefined: not to be found at all. */
  const resolveIn = (
    scope: MessageNode | PackageNode,
    parts: readonly string[],
    typesOnly: boolean,
    failure: Failure | undefined,
  ): Declaration | null | undefined => {
    const first = scope.members.get(parts[0] as string);
    if (first === undefined) return null;
    if (!isVisible(first)) {
      if (failure !== undefined) failure.hidden = first;
      return null;
    }
    if (parts.length === 1) {
      return typesOnly && first.kind !== "message" && first.kind !== "enum" ? null : first;
    }
    const { kind } = first;
    if (kind !== "package" && kind !== "message" && kind !== "enum" && kind !== "service") {
      return null;
    }
    const found = descend(first, parts, 1);
    if (found !== undefined && isVisible(found)) return found;
    if (failure !== undefined) {
      failure.hidden = found ?? failure.hidden;
      if (found === undefined) failure.incomplete = `${scope.fullName}.${parts.join(".")}`;
    }
    return undefined;
  };

  const resolveOutside = (
    name: string,
    typesOnly: boolean,
    failure: Failure | undefined,
  ): Declaration | undefined => {
    const parts = partsOf(name);
    for (let scope = file.package; scope !== undefined; scope = scope.parent) {
      if (scope.parent === undefined && parts.length > 1) {
        // The root is asked for the whole name at once.
        const found = descend(scope, parts, 0);
        if (found === undefined || isVisible(found)) return found;
        if (failure !== undefined) failure.hidden = found;
        return undefined;
      }
      const found = resolveIn(scope, parts, typesOnly && scope.parent !== undefined, failure);
      if (found !== null) return found;
    }
    return undefined;
  };

  const resolveAbsolute = (name: string, failure: Failure | undefined): Declaration | undefined => {
    const found = descend(table.root, partsOf(name.slice(1)), 0);
    if (found === undefined || isVisible(found)) return found;
    if (failure !== undefined) failure.hidden = found;
    return undefined;
  };

  const resolveUncached = (
    name: string,
    scope: MessageNode | undefined,
    typesOnly: boolean,
    failure: Failure | undefined,
  ): Declaration | undefined => {
    if (name.startsWith(".")) return resolveAbsolute(name, failure);
    const parts = partsOf(name);
    for (let message = scope; message !== undefined; message = message.parent) {
      const found = resolveIn(message, parts, typesOnly, failure);
      if (found !== null) return found;
    }
    if (failure !== undefined) return resolveOutside(name, typesOnly, failure);
    const key = typesOnly ? name : `:${name}`;
    let found = cache.get(key);
    if (found === undefined) {
      found = resolveOutside(name, typesOnly, undefined) ?? null;
      cache.set(key, found);
    }
    return found ?? undefined;
  };

  return {
    resolve: (name, scope, typesOnly) => resolveUncached(name, scope, typesOnly, undefined),
    explain(name, scope) {
      const failure: Failure = { hidden: undefined, incomplete: undefined };
      resolveUncached(name, scope, false, failure);
      const { hidden, incomplete } = failure;
      if (hidden !== undefined && hidden.file !== undefined) {
        return `"${name}" seems to be defined in "${hidden.file.name}", which is not imported by "${file.name}". To use it here, add: import "${hidden.file.name}";`;
      }
      if (incomplete !== undefined) {
        return `"${name}" is resolved to "${incomplete}", which is not defined. The innermost scope is searched first; write ".${name}" to start from the outermost scope.`;
      }
      if (suggestions++ >= MAX_SUGGESTIONS) return `"${name}" is not defined.`;
      const plain = name.replace(/^\./, "");
      const all = [...visibleTypeNames(file)];
      const short = all.map((full) => full.slice(full.lastIndexOf(".") + 1));
      return `"${name}" is not defined.${suggestion(plain, plain.includes(".") ? all : short)}`;
    },
  };
}

function visiblePackages(file: FileNode): Set<PackageNode> {
  const packages = new Set<PackageNode>();
  for (const visible of file.visible) {
    for (let node = visible.package; node !== undefined; node = node.parent) {
      if (packages.has(node)) break;
      packages.add(node);
    }
  }
  return packages;
}
