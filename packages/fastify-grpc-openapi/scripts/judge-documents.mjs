// Runs tools that are too heavy for every test run on documents of the demo and of Google APIs, in
// 3.0.3 and 3.1.0: spectral (oas ruleset) and openapi-typescript, whose types must compile under
// --strict. The tools come from the registry into a temporary folder:
//   node packages/fastify-grpc-openapi/scripts/judge-documents.mjs [folder of google-proto-files ...]
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const tools = ["@stoplight/spectral-cli@6.16.0", "openapi-typescript@7.13.0", "typescript@5.9.3"];
const root = fileURLToPath(new URL("..", import.meta.url));
const google = dirname(createRequire(import.meta.url).resolve("google-proto-files/package.json"));
const given = process.argv.slice(2);
const folders =
  given.length > 0
    ? given
    : ["google/pubsub/v1", "google/logging/v2", "google/cloud/dialogflow/v2"];
const apis = { demo: [join(root, "../../proto")] };
for (const folder of folders)
  apis[folder.replaceAll("/", "_")] = [join(google, folder), "-I", google];

const dir = mkdtempSync(join(tmpdir(), "judge-documents-"));
const run = (command, args, cwd = dir) =>
  execFileSync(command, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
try {
  writeFileSync(join(dir, "package.json"), "{}");
  run("npm", ["install", "--no-audit", "--no-fund", "--silent", ...tools]);
  writeFileSync(join(dir, "spectral.yaml"), "extends: [spectral:oas]\n");
  mkdirSync(join(dir, "types"));
  for (const [name, source] of Object.entries(apis)) {
    for (const version of ["3.0.3", "3.1.0"]) {
      const file = join(dir, `${name}-${version}.json`);
      const emit = ["src/cli/main.ts", "emit", ...source, "--openapi", version, "--out", file];
      run("node", ["--conditions=@fastify-grpc/source", "--import", "tsx", ...emit], root);
      run("node_modules/.bin/spectral", [
        "lint",
        file,
        "--ruleset",
        "spectral.yaml",
        "--fail-severity",
        "error",
        "--display-only-failures",
      ]);
      run("node_modules/.bin/openapi-typescript", [file, "-o", `types/${name}-${version}.ts`]);
    }
  }
  const types = Object.keys(apis).flatMap((name) => [
    `types/${name}-3.0.3.ts`,
    `types/${name}-3.1.0.ts`,
  ]);
  run("node_modules/.bin/tsc", ["--noEmit", "--strict", "--skipLibCheck", ...types]);
  console.log(`${types.length} documents pass spectral, and their types compile under --strict`);
} finally {
  rmSync(dir, { recursive: true });
}
