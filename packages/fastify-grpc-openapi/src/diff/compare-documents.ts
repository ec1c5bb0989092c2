import type { OpenApiDocument, ServerObject } from "../model/openapi.ts";
import { pathNames } from "../path/path-key.ts";
import type { Change } from "./change.ts";
import { compareOperations } from "./compare-operations.ts";
import type { Comparison } from "./compare-schemas.ts";
import { type FoundOperation, operationsOf } from "./found-operation.ts";

/**
 * All differences between two OpenAPI 3 documents that matter to clients of the first, breaking ones
 * first. The two may be of different 3.x versions.
 */
export function compareDocuments(before: OpenApiDocument, after: OpenApiDocument): Change[] {
  const changes: Change[] = [];
  const comparison: Comparison = {
    before,
    after,
    compared: new Set(),
    changesOf: (subject) => (rule, level, place, message) =>
      changes.push({ rule, level, subject, place, message }),
  };
  compareServers(before.servers, after.servers, comparison);
  const old = operationsOf(before);
  const now = operationsOf(after);
  const moved = new Map(
    [...now.values()].map((found) => [found.operation["x-grpc-method"], found]),
  );
  for (const [key, found] of old) {
    const same = now.get(key);
    const onChange = comparison.changesOf(found.subject);
    if (same === undefined) {
      const method = found.operation["x-grpc-method"];
      const place = method === undefined ? undefined : moved.get(method);
      const hint =
        place && place.subject !== found.subject ? `; ${method} has ${place.subject}` : "";
      onChange("operation-removed", "breaking", "", `the operation is gone${hint}`);
      continue;
    }
    compareVariableNames(found, same, comparison);
    compareOperations(found, same, comparison);
  }
  for (const [key, { subject }] of now) {
    if (!old.has(key)) {
      comparison.changesOf(subject)("operation-added", "info", "", "the operation is new");
    }
  }
  const order = { breaking: 0, warning: 1, info: 2 };
  return changes.sort((a, b) => order[a.level] - order[b.level]);
}

function compareVariableNames(
  before: FoundOperation,
  after: FoundOperation,
  { changesOf }: Comparison,
): void {
  const names = pathNames(after.path);
  for (const [index, name] of pathNames(before.path).entries()) {
    const renamed = names[index];
    if (renamed === undefined || renamed === name) continue;
    const message = `now called ${renamed}: the same on the wire, but not in generated clients`;
    changesOf(before.subject)(
      "path-parameter-renamed",
      "breaking",
      `path parameter ${name}`,
      message,
    );
  }
}

function compareServers(
  before: readonly ServerObject[] = [],
  after: readonly ServerObject[] = [],
  { changesOf }: Comparison,
): void {
  const urls = new Set(after.map((server) => server.url));
  for (const { url } of before) {
    if (!urls.has(url))
      changesOf("servers")("server-removed", "warning", url, "the server is gone");
  }
}
