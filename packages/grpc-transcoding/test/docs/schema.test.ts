import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { bundledProtoNames, createSchema, loadSchema, type SchemaSource } from "grpc-transcoding";
import { compileProtos } from "../schema/in-memory-protos.ts";
import { reflectionTransport } from "../schema/reflection/reflection-server.ts";

const page = readFileSync(new URL("../../../../docs/schema.md", import.meta.url), "utf8");

function snippets(language: string): string[] {
  const pattern = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms");
  return [...page.matchAll(pattern)].map((match) => match[1] ?? "");
}

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../schema/fixtures/${name}`, import.meta.url));

/** The inputs that the snippets name, as files of this package. */
function withFixtures(source: SchemaSource): SchemaSource {
  if ("proto" in source) return { ...source, proto: fixture("proto") };
  return "descriptorSet" in source ? { descriptorSet: fixture("library.binpb") } : source;
}

const AsyncFunction = (async () => {}).constructor as new (
  ...parts: string[]
) => (...values: unknown[]) => Promise<unknown>;

const noServices = reflectionTransport(() => ({
  messageResponse: { case: "listServicesResponse", value: {} },
}));

test("the TypeScript examples of docs/schema.md run", async (t) => {
  const codes = snippets("ts");
  assert.equal(codes.length, 3);
  for (const code of codes) {
    await t.test(
      code.split("\n").find((line) => line.includes("loadSchema(")) ?? code,
      async () => {
        const lines: unknown[][] = [];
        const run = new AsyncFunction(
          "loadSchema",
          "transport",
          "console",
          code.replace(/^import .*$/gm, ""),
        );
        await run((source: SchemaSource) => loadSchema(withFixtures(source)), noServices, {
          log: (...values: unknown[]) => lines.push(values),
        });
        if (code.includes("console.log")) {
          assert.deepEqual(lines[0], [
            "/library.v1.Library/GetBook",
            ["GET /v1/{name=shelves/*/books/*}", "POST /v1/books:get"],
          ]);
        }
      },
    );
  }
});

test("the proto example of docs/schema.md declares the errors that it says", () => {
  const [example = assert.fail()] = snippets("proto");
  const set = compileProtos({
    "example.proto": `syntax = "proto3"; import "google/api/annotations.proto";
      message GetBookRequest { string name = 1; } message Book {} ${example}`,
  });
  const errors = createSchema(set).services[0]?.methods[0]?.errors;
  assert.deepEqual(
    errors?.map(({ code, reason, details }) => [code, reason, details]),
    [
      ["NOT_FOUND", "BOOK_NOT_FOUND", ["name"]],
      ["UNAUTHENTICATED", "", []],
    ],
  );
});

test("docs/schema.md lists every bundled file and no other", () => {
  const section = /## Bundled files\n(.*?)\n## /s.exec(page)?.[1] ?? assert.fail();
  const listed = [...section.matchAll(/^- .*$/gm)].flatMap(([line]) =>
    [...line.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ""),
  );
  const matches = (pattern: string, name: string): boolean =>
    pattern.endsWith("/*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  for (const pattern of listed) {
    assert.ok(
      bundledProtoNames.some((name) => matches(pattern, name)),
      `${pattern} is not bundled`,
    );
  }
  for (const name of bundledProtoNames) {
    assert.ok(
      listed.some((pattern) => matches(pattern, name)),
      `${name} is not listed`,
    );
  }
});
