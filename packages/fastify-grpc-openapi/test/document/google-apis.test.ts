import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { test } from "node:test";
import { validate } from "@readme/openapi-parser";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { buildDocument, checkSource, lowerDocument } from "fastify-grpc-openapi";
import { loadSchema } from "grpc-transcoding";
import { pathItemMethods } from "../../src/model/openapi.ts";
import { gatewayOf, librarySchema } from "../gateway-entry.ts";

const root = dirname(createRequire(import.meta.url).resolve("google-proto-files/package.json"));

/** Folder of google-proto-files to the number of its http bindings. */
const apis: Readonly<Record<string, number>> = {
  "google/pubsub/v1": 34,
  "google/cloud/kms/v1": 59,
  "google/firestore/v1": 22,
  "google/spanner/v1": 17,
  "google/monitoring/v3": 53,
  "google/logging/v2": 178,
  "google/bigtable/admin/v2": 81,
  "google/cloud/resourcemanager/v3": 52,
  "google/cloud/dialogflow/v2": 271,
  "google/chat/v1": 50,
};

const config = createConfig({ extends: ["recommended"] });

for (const [api, bindings] of Object.entries(apis)) {
  test(`makes valid documents of ${api}`, async () => {
    const schema = await loadSchema({ proto: `${root}/${api}/*.proto`, includeDirs: [root] });
    const gateway = gatewayOf(schema);
    const document = buildDocument(gateway);
    const operations = Object.values(document.paths).flatMap((item) =>
      pathItemMethods.filter((method) => item[method] !== undefined),
    );
    assert.equal(operations.length, bindings);
    assert.equal(gateway.bindings.length, bindings);
    const errors = checkSource(gateway).findings.filter(({ level }) => level === "error");
    assert.deepEqual(errors, []);
    for (const version of ["3.0.3", "3.1.0"]) {
      assert.deepEqual(await problemsOf(lowerDocument(document, version)), []);
    }
  });
}

test("makes valid documents of the demo's API with every option", async () => {
  const gateway = gatewayOf(librarySchema, {
    json: { naming: "proto", emit: "all", enums: "number", unknownFields: "ignore" },
  });
  for (const oneof of ["guard", "union"] as const) {
    for (const version of ["3.0.3", "3.1.0"]) {
      const document = buildDocument(gateway, { oneof, componentNames: "short" });
      assert.deepEqual(await problemsOf(lowerDocument(document, version)), []);
    }
  }
});

/** What two independent validators call an error. */
async function problemsOf(document: object): Promise<string[]> {
  const source = JSON.stringify(document);
  // The parser replaces references in place.
  const result = await validate(JSON.parse(source));
  const invalid = result.valid ? [] : result.errors.map(({ message }) => message);
  const lint = await lintFromString({ source, absoluteRef: "openapi.json", config: await config });
  const errors = lint
    .filter(({ severity }) => severity === "error")
    .map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`);
  return [...invalid, ...errors];
}
