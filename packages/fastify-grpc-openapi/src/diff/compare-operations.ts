import type {
  MediaTypeObject,
  OperationObject,
  ParameterObject,
  RequestBodyObject,
  ResponseObject,
  SecurityRequirement,
} from "../model/openapi.ts";
import { pathNames } from "../path/path-key.ts";
import type { Direction, OnChange } from "./change.ts";
import { compareErrors } from "./compare-errors.ts";
import { type Comparison, compareSchemas } from "./compare-schemas.ts";
import type { FoundOperation } from "./found-operation.ts";

/** Compares two operations that are called in the same way. */
export function compareOperations(
  before: FoundOperation,
  after: FoundOperation,
  comparison: Comparison,
): void {
  const onChange = comparison.changesOf(before.subject);
  const [old, now] = [before.operation, after.operation];
  if (old.operationId !== now.operationId) {
    const message = `now ${now.operationId ?? "gone"}, was ${old.operationId ?? "none"}: generated clients name their methods by it`;
    onChange("operation-id-changed", "breaking", "operationId", message);
  }
  if (!old.deprecated !== !now.deprecated) {
    const message = now.deprecated ? "the operation is deprecated" : "no longer deprecated";
    onChange("deprecation-changed", "info", "", message);
  }
  compareSecurity(before.security, after.security, onChange);
  compareParameters(before, after, comparison);
  compareBodies(old.requestBody, now.requestBody, before.subject, comparison);
  compareResponses(old, now, before.subject, comparison);
  compareErrors(old, now, onChange);
}

function compareSecurity(
  before: readonly SecurityRequirement[] = [],
  after: readonly SecurityRequirement[] = [],
  onChange: OnChange,
): void {
  const keys = (all: readonly SecurityRequirement[]): Set<string> =>
    new Set(all.length === 0 ? ["{}"] : all.map((requirement) => JSON.stringify(requirement)));
  const [old, now] = [keys(before), keys(after)];
  // An alternative that is gone leaves some clients outside, unless nothing is demanded.
  for (const requirement of old) {
    if (now.has(requirement) || now.has("{}")) continue;
    onChange("security-changed", "breaking", "security", `${requirement} is not enough any more`);
  }
  for (const requirement of now) {
    if (!old.has(requirement)) {
      onChange("security-added", "info", "security", `${requirement} is enough`);
    }
  }
}

function compareParameters(
  before: FoundOperation,
  after: FoundOperation,
  comparison: Comparison,
): void {
  const onChange = comparison.changesOf(before.subject);
  const old = parametersOf(before);
  const now = parametersOf(after);
  const moved = new Set<ParameterObject>();
  for (const [key, parameter] of old) {
    const same = now.get(key);
    const place = `${parameter.in} parameter ${parameter.name}`;
    if (same === undefined) {
      const elsewhere = [...now].find(([at, { name }]) => name === parameter.name && !old.has(at));
      if (elsewhere !== undefined) {
        const [, { in: newPlace }] = elsewhere;
        moved.add(elsewhere[1]);
        onChange("parameter-moved", "breaking", place, `the parameter is in the ${newPlace}`);
      } else {
        onChange("parameter-removed", "breaking", place, "the parameter is gone");
      }
      continue;
    }
    if (!parameter.required !== !same.required) {
      const level = same.required ? "breaking" : "info";
      const word = same.required ? "required" : "optional";
      onChange("parameter-required-changed", level, place, `the parameter is ${word}`);
    }
    if (styleOf(parameter) !== styleOf(same)) {
      onChange(
        "parameter-style-changed",
        "breaking",
        place,
        `sent as ${styleOf(same)}, was ${styleOf(parameter)}`,
      );
    }
    const at = { subject: before.subject, place, direction: "request" as const };
    compareSchemas(parameter.schema ?? {}, same.schema ?? {}, at, comparison);
  }
  for (const [key, parameter] of now) {
    if (old.has(key) || moved.has(parameter)) continue;
    const place = `${parameter.in} parameter ${parameter.name}`;
    const level = parameter.required ? "breaking" : "info";
    const word = parameter.required ? " and required" : "";
    onChange("parameter-added", level, place, `the parameter is new${word}`);
  }
}

/** By place and name; path parameters by their index, since their names are no part of the URL. */
function parametersOf({ path, operation }: FoundOperation): Map<string, ParameterObject> {
  const names = pathNames(path);
  return new Map(
    (operation.parameters ?? []).map((parameter) => {
      const name = parameter.in === "path" ? names.indexOf(parameter.name) : parameter.name;
      return [`${parameter.in} ${name}`, parameter];
    }),
  );
}

function styleOf({ in: place, style, explode }: ParameterObject): string {
  const known = style ?? (place === "query" || place === "cookie" ? "form" : "simple");
  return `${known}${(explode ?? known === "form") ? ", exploded" : ""}`;
}

function compareBodies(
  before: RequestBodyObject | undefined,
  after: RequestBodyObject | undefined,
  subject: string,
  comparison: Comparison,
): void {
  const onChange = comparison.changesOf(subject);
  const place = "request body";
  if (before === undefined || after === undefined) {
    if (after !== undefined) {
      const level = after.required ? "breaking" : "info";
      onChange(
        "request-body-added",
        level,
        place,
        `there is a body${after.required ? ", and it is required" : ""}`,
      );
    } else if (before !== undefined) {
      onChange("request-body-removed", "breaking", place, "no body is taken");
    }
    return;
  }
  if (!before.required !== !after.required) {
    const level = after.required ? "breaking" : "info";
    const word = after.required ? "required" : "optional";
    onChange("request-body-required-changed", level, place, `the body is ${word}`);
  }
  compareContent(
    before.content,
    after.content,
    { subject, place, direction: "request" },
    comparison,
  );
}

function compareResponses(
  before: OperationObject,
  after: OperationObject,
  subject: string,
  comparison: Comparison,
): void {
  const onChange = comparison.changesOf(subject);
  for (const [status, response] of Object.entries(before.responses)) {
    const same = after.responses[status];
    const place = `response ${status}`;
    if (same === undefined) {
      const level = status.startsWith("2") ? "breaking" : "warning";
      onChange("response-removed", level, place, "the response is gone");
      continue;
    }
    compareHeaders(response, same, place, onChange);
    const at = { subject, place, direction: "response" as const };
    compareContent(response.content, same.content, at, comparison);
  }
  for (const status of Object.keys(after.responses)) {
    if (before.responses[status] !== undefined) continue;
    const level = status.startsWith("2") ? "warning" : "info";
    onChange("response-added", level, `response ${status}`, "the response is new");
  }
}

function compareHeaders(
  { headers: before = {} }: ResponseObject,
  { headers: after = {} }: ResponseObject,
  place: string,
  onChange: OnChange,
): void {
  for (const name of Object.keys(before)) {
    if (!(name in after)) {
      onChange("response-header-removed", "warning", place, `the header ${name} is gone`);
    }
  }
}

function compareContent(
  before: Readonly<Record<string, MediaTypeObject>> = {},
  after: Readonly<Record<string, MediaTypeObject>> = {},
  at: { readonly subject: string; readonly place: string; readonly direction: Direction },
  comparison: Comparison,
): void {
  const onChange = comparison.changesOf(at.subject);
  for (const [type, media] of Object.entries(before)) {
    const same = after[type];
    if (same === undefined) {
      const message = `${type} is gone`;
      onChange(`${at.direction}-media-type-removed`, "breaking", at.place, message);
      continue;
    }
    compareSchemas(
      schemaOf(media),
      schemaOf(same),
      { ...at, place: `${at.place} ${type}` },
      comparison,
    );
  }
  for (const type of Object.keys(after)) {
    if (type in before) continue;
    // A response that had no content was empty; now there is something to read.
    onChange(`${at.direction}-media-type-added`, "info", at.place, `${type} is new`);
  }
}

function schemaOf(media: MediaTypeObject): NonNullable<MediaTypeObject["schema"]> {
  const stream = media["x-stream"] as { item?: MediaTypeObject["schema"] } | undefined;
  return stream?.item ?? media.itemSchema ?? media.schema ?? {};
}
