import { type OpenApiDocument, referencedSchema, type SchemaObject } from "../model/openapi.ts";
import type { ChangeLevel, Direction, OnChange } from "./change.ts";
import { type NormalSchema, normalSchema } from "./normal-schema.ts";

/** The two documents, and where changes go. */
export interface Comparison {
  readonly before: OpenApiDocument;
  readonly after: OpenApiDocument;
  /** The changes of a subject. */
  readonly changesOf: (subject: string) => OnChange;
  /** Pairs of components that were compared already, per direction. */
  readonly compared: Set<string>;
}

/** What is being compared: of which subject, at which place, and who writes the value. */
export interface SchemaPlace {
  readonly subject: string;
  readonly place: string;
  readonly direction: Direction;
}

/**
 * Compares two schemas for clients that send (`request`) or read (`response`) their values. A pair of
 * components is compared once per direction and reported under its own name.
 */
export function compareSchemas(
  before: SchemaObject,
  after: SchemaObject,
  at: SchemaPlace,
  comparison: Comparison,
): void {
  const old = normalSchema(before, comparison.before);
  const now = normalSchema(after, comparison.after);
  let here = at;
  if (old.name !== undefined && now.name !== undefined) {
    const pair = `${old.name} ${now.name} ${at.direction}`;
    if (comparison.compared.has(pair)) return;
    comparison.compared.add(pair);
    here = { ...at, subject: old.name, place: "" };
  }
  const report = reporter(here, comparison);
  if (compareTypes(old, now, report)) return;
  compareValues(old, now, report);
  compareLimits(old, now, report);
  compareOneofs(old, now, report);
  compareProperties(old, now, here, report, comparison);
  compareBranches(old, now, here, report, comparison);
  if (old.items && now.items) {
    compareSchemas(old.items, now.items, { ...here, place: `${here.place}[]` }, comparison);
  }
  if (old.defaultValue !== now.defaultValue) {
    report(
      "default-changed",
      "warning",
      `the default is ${now.defaultValue ?? "gone"}, was ${old.defaultValue ?? "none"}`,
    );
  }
}

/** Reports with the direction in front of the rule: `request-...`, `response-...`. */
interface Report {
  (rule: string, level: ChangeLevel, message: string, below?: string): void;
  /** Clients may send less than before, or read more: `narrowed` says which of the two happened. */
  change(rule: string, narrowed: boolean, message: string, levels?: Partial<Levels>): void;
  readonly direction: Direction;
}

interface Levels {
  /** Narrowed where clients send. */
  readonly request: ChangeLevel;
  /** Widened where clients read. */
  readonly response: ChangeLevel;
}

function reporter({ subject, place, direction }: SchemaPlace, { changesOf }: Comparison): Report {
  const onChange = changesOf(subject);
  const report = (rule: string, level: ChangeLevel, message: string, below = ""): void =>
    onChange(`${direction}-${rule}`, level, place + below, message);
  return Object.assign(report, {
    direction,
    change(rule: string, narrowed: boolean, message: string, levels: Partial<Levels> = {}) {
      const hurts = narrowed === (direction === "request");
      report(rule, hurts ? (levels[direction] ?? "breaking") : "info", message);
    },
  });
}

/** Returns whether the types differ so much that nothing else is worth comparing. */
function compareTypes(old: NormalSchema, now: NormalSchema, report: Report): boolean {
  const [before, after] = [typesText(old), typesText(now)];
  if (before !== after) {
    const message = `the type is ${after}, was ${before}`;
    const widens = includesTypes(now, old);
    const narrows = includesTypes(old, now);
    if (widens) report.change("type-changed", false, message);
    else if (narrows) report.change("type-changed", true, message);
    else report("type-changed", "breaking", message);
    return !widens && !narrows;
  }
  if (old.format !== now.format) {
    const message = `the format is ${now.format ?? "gone"}, was ${old.format ?? "none"}`;
    const levels = { request: "warning", response: "warning" } as const;
    if (old.format === undefined) report.change("format-changed", true, message, levels);
    else if (now.format === undefined) report.change("format-changed", false, message, levels);
    else report("format-changed", "breaking", message);
  }
  return false;
}

function typesText({ types }: NormalSchema): string {
  return types === undefined ? "any" : [...types].sort().join(" or ");
}

function includesTypes({ types: all }: NormalSchema, { types: some }: NormalSchema): boolean {
  if (all === undefined) return true;
  if (some === undefined) return false;
  return [...some].every((type) => all.has(type) || (type === "integer" && all.has("number")));
}

function compareValues(old: NormalSchema, now: NormalSchema, report: Report): void {
  if (old.values === undefined && now.values === undefined) return;
  if (old.values === undefined) {
    report.change("enum-added", true, `only ${[...(now.values ?? [])].join(", ")} are allowed`);
    return;
  }
  if (now.values === undefined) {
    report.change("enum-removed", false, "any value is allowed", { response: "warning" });
    return;
  }
  for (const value of old.values) {
    if (!now.values.has(value)) report.change("enum-value-removed", true, `${value} is gone`);
  }
  for (const value of now.values) {
    // proto3 enums are open: clients must take new values anyway.
    if (!old.values.has(value)) {
      report.change("enum-value-added", false, `${value} is new`, { response: "warning" });
    }
  }
}

function compareLimits(old: NormalSchema, now: NormalSchema, report: Report): void {
  const levels = { response: "warning" } as const;
  for (const [side, tighter] of [
    ["minimum", 1],
    ["maximum", -1],
  ] as const) {
    for (const name of new Set([...old[side].keys(), ...now[side].keys()])) {
      const before = old[side].get(name);
      const after = now[side].get(name);
      if (before === after) continue;
      const loosest = -tighter * Number.POSITIVE_INFINITY;
      const narrowed = ((after ?? loosest) - (before ?? loosest)) * tighter > 0;
      const message = `${name} is ${after ?? "gone"}, was ${before ?? "none"}`;
      report.change("limit-changed", narrowed, message, levels);
    }
  }
  if (old.pattern !== now.pattern) {
    const message = `the pattern is ${now.pattern ?? "gone"}, was ${old.pattern ?? "none"}`;
    report.change("pattern-changed", now.pattern !== undefined, message, levels);
  }
}

function compareOneofs(old: NormalSchema, now: NormalSchema, report: Report): void {
  for (const [members, demanded] of now.oneofs) {
    const names = members.replaceAll("|", ", ");
    const before = old.oneofs.get(members);
    if (before === undefined) {
      report.change("oneof-added", true, `at most one of ${names} may be set`);
    } else if (before !== demanded) {
      const message = demanded ? `one of ${names} must be set` : `${names} may all be unset`;
      report.change("oneof-changed", demanded, message);
    }
  }
  for (const members of old.oneofs.keys()) {
    if (now.oneofs.has(members)) continue;
    const names = members.replaceAll("|", ", ");
    report.change("oneof-removed", false, `${names} no longer exclude one another`, {
      response: "warning",
    });
  }
}

function compareProperties(
  old: NormalSchema,
  now: NormalSchema,
  at: SchemaPlace,
  report: Report,
  comparison: Comparison,
): void {
  const isRequest = at.direction === "request";
  // Clients neither send what is read-only nor read what is write-only.
  const passes = (property: SchemaObject): boolean =>
    isRequest ? property.readOnly !== true : property.writeOnly !== true;
  for (const [name, before] of old.properties) {
    const after = now.properties.get(name);
    const below = `.${name}`;
    if (after === undefined) {
      if (passes(before)) report("property-removed", "breaking", "the property is gone", below);
      continue;
    }
    if (passes(before) !== passes(after)) {
      const level = passes(after) ? "info" : "breaking";
      const word = isRequest ? "readOnly" : "writeOnly";
      report(`${word.toLowerCase()}-changed`, level, `${word} is ${!passes(after)}`, below);
      continue;
    }
    if (!passes(before)) continue;
    compareRequired(name, old, now, report, at.direction);
    compareSchemas(before, after, { ...at, place: at.place + below }, comparison);
  }
  for (const [name, after] of now.properties) {
    if (old.properties.has(name) || !passes(after)) continue;
    const demanded = isRequest && now.required.has(name);
    const message = demanded ? "the property is new and required" : "the property is new";
    report("property-added", demanded ? "breaking" : "info", message, `.${name}`);
  }
  compareAdditional(old, now, at, report, comparison);
}

function compareRequired(
  name: string,
  old: NormalSchema,
  now: NormalSchema,
  report: Report,
  direction: Direction,
): void {
  const required = now.required.has(name);
  if (old.required.has(name) === required) return;
  const hurts = required === (direction === "request");
  const message = required ? "the property is required" : "the property is optional";
  report("required-changed", hurts ? "breaking" : "info", message, `.${name}`);
}

function compareAdditional(
  { additional: before }: NormalSchema,
  { additional: after }: NormalSchema,
  at: SchemaPlace,
  report: Report,
  comparison: Comparison,
): void {
  if ((before === false) !== (after === false)) {
    const closed = after === false;
    const message = closed ? "no further properties are allowed" : "further properties are allowed";
    report.change("additional-properties-changed", closed, message, { response: "info" });
  } else if (typeof before === "object" && typeof after === "object") {
    compareSchemas(before, after, { ...at, place: `${at.place}{}` }, comparison);
  }
}

/** Branches are the same if they name the same component, or else stand at the same index. */
function compareBranches(
  old: NormalSchema,
  now: NormalSchema,
  at: SchemaPlace,
  report: Report,
  comparison: Comparison,
): void {
  const left = new Map(now.branches.map((branch, index) => [index, branch]));
  const match = (branch: SchemaObject, index: number): number | undefined => {
    const sameName = [...left].find(([, { $ref }]) => $ref !== undefined && $ref === branch.$ref);
    if (sameName !== undefined) return sameName[0];
    const sameIndex = left.get(index);
    const isTaken = old.branches.some(({ $ref }) => $ref !== undefined && $ref === sameIndex?.$ref);
    return sameIndex === undefined || isTaken ? undefined : index;
  };
  for (const [index, branch] of old.branches.entries()) {
    const found = match(branch, index);
    const same = found === undefined ? undefined : left.get(found);
    if (found === undefined || same === undefined) {
      report.change("alternative-removed", true, `${nameOf(branch, index)} is gone`);
      continue;
    }
    left.delete(found);
    const place = `${at.place}(${nameOf(branch, index)})`;
    compareSchemas(branch, same, { ...at, place }, comparison);
  }
  for (const [index, branch] of left) {
    const message = `${nameOf(branch, index)} is new`;
    report.change("alternative-added", false, message, { response: "warning" });
  }
}

function nameOf({ $ref }: SchemaObject, index: number): string {
  return ($ref && referencedSchema($ref)) ?? `alternative ${index + 1}`;
}
