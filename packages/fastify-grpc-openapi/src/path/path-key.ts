import type { HttpBinding, JsonOptions, PathTemplate, PathVariable } from "grpc-transcoding";
import { fieldPathName } from "../model/field-name.ts";
import { singular } from "./singular.ts";

/** One parameter of an OpenAPI path: one wildcard segment of a template. */
export interface PathParameter {
  readonly name: string;
  /** Index into the template's segments. */
  readonly segment: number;
  /** Whether it stands for any number of segments (`**`). */
  readonly deep: boolean;
  /** The variable that the segment is part of; undefined for a wildcard outside of any. */
  readonly variable: PathVariable | undefined;
  /** Whether it is the variable's whole value. */
  readonly whole: boolean;
}

/** Finds the variable names of a resource pattern for the segments of a template's variable. */
export type ResourceNames = (
  variable: PathVariable,
  template: PathTemplate,
) => readonly (string | undefined)[] | undefined;

/** The parameters of a template's path in order, with names that are unique within the path. */
export function pathParameters(
  binding: HttpBinding,
  json: JsonOptions,
  resourceNames: ResourceNames,
): PathParameter[] {
  const { template } = binding;
  const taken = new Set<string>();
  return template.segments.flatMap((segment, index) => {
    if (segment.kind === "literal") return [];
    const variable = binding.pathVariables.find(({ index: at }) => {
      const range = template.variables[at];
      return range !== undefined && range.start <= index && index < range.end;
    });
    const range = variable && template.variables[variable.index];
    const whole = range !== undefined && range.end - range.start === 1;
    const wanted =
      (!whole && variable && range && resourceNames(variable, template)?.[index - range.start]) ||
      (whole && variable ? fieldPathName(variable.field.fields, json) : undefined) ||
      nameByLiteral(template, index) ||
      (variable ? fieldPathName(variable.field.fields, json) : "segment");
    const name = uniqueName(wanted, taken);
    taken.add(name);
    return [{ name, segment: index, deep: segment.kind === "deep", variable, whole }];
  });
}

/** The path of a template with the given names in its wildcards' places: `/v1/shelves/{shelf}:merge`. */
export function pathText(template: PathTemplate, names: readonly string[]): string {
  let next = 0;
  const segments = template.segments.map((segment) =>
    segment.kind === "literal" ? encodeSegment(segment.value) : `{${names[next++] ?? ""}}`,
  );
  return `/${segments.join("/")}${template.verb && `:${encodeSegment(template.verb)}`}`;
}

/** What OpenAPI compares paths by: `/v1/{a}` and `/v1/{b}` are one path. */
export function canonicalPath(path: string): string {
  return path.replace(/\{[^{}]*\}/g, "{}");
}

/** The names between the braces of a path, in order. */
export function pathNames(path: string): string[] {
  return [...path.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? "");
}

/** A name that is not taken: itself, or with `_1`, `_2`, ... */
export function uniqueName(wanted: string, taken: { has(name: string): boolean }): string {
  let name = wanted;
  for (let count = 1; taken.has(name); count += 1) name = `${wanted}_${count}`;
  return name;
}

function nameByLiteral(template: PathTemplate, index: number): string | undefined {
  const before = template.segments[index - 1];
  if (before?.kind !== "literal") return undefined;
  const words = before.value.split(/[^A-Za-z0-9_]+/).filter((word) => word !== "");
  const name = words
    .map((word, at) => (at === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join("");
  // "v1" and the like name no collection.
  return name === "" || /^v\d+\w*$/.test(name) ? undefined : singular(name);
}

// pchar of RFC 3986 without percent-encoding.
function encodeSegment(text: string): string {
  return encodeURIComponent(text).replace(/%(?:24|26|2B|2C|3A|3B|3D|40)/g, decodeURIComponent);
}
