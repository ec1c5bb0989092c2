// Calls the demo by what its document tells two kinds of clients: every operation by the requests that
// swagger-client builds (what Swagger UI's "Execute" sends), and one typed client of openapi-typescript
// and openapi-fetch, compiled under --strict. The tools come from the registry into a temporary folder:
//   node packages/fastify-grpc-openapi/scripts/call-demo.mjs
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const tools = [
  "swagger-client@3.38.4",
  "openapi-fetch@0.17.0",
  "openapi-typescript@7.13.0",
  "typescript@5.9.3",
];
const root = fileURLToPath(new URL("../../..", import.meta.url));
const dir = mkdtempSync(join(tmpdir(), "call-demo-"));
const run = (command, args) => execFileSync(command, args, { cwd: dir, stdio: "inherit" });

const demo = spawn(
  process.execPath,
  ["--conditions=@fastify-grpc/source", "--import", "tsx", "apps/demo/src/main.ts"],
  { cwd: root, env: { ...process.env, PORT: "0" }, stdio: ["ignore", "pipe", "inherit"] },
);
try {
  const origin = await originOf(demo);
  const document = await (await fetch(`${origin}/docs/json`)).json();
  writeFileSync(join(dir, "package.json"), JSON.stringify({ type: "module" }));
  run("npm", ["install", "--no-audit", "--no-fund", "--silent", ...tools]);
  console.log(`${await callAll(document, origin)} operations called as Swagger UI does`);
  callTyped(document, origin);
} finally {
  demo.kill();
  rmSync(dir, { recursive: true });
}

async function originOf(child) {
  let text = "";
  for await (const chunk of child.stdout) {
    text += chunk;
    const [origin] = /http:\/\/\S+?:\d+/.exec(text) ?? [];
    if (origin !== undefined) return origin;
  }
  throw new Error("the demo ended without telling its address");
}

/** Calls every operation with sample values; a request that the gateway refuses is an error. */
async function callAll(document, origin) {
  const loaded = createRequire(join(dir, "package.json"))("swagger-client");
  const SwaggerClient = loaded.default ?? loaded;
  const { spec } = await SwaggerClient.resolve({ spec: document });
  let count = 0;
  for (const item of Object.values(spec.paths)) {
    for (const operation of Object.values(item)) {
      if (!operation.operationId) continue;
      const parameters = {};
      for (const { name, required, schema } of operation.parameters ?? []) {
        if (required) parameters[name] = sample(schema);
      }
      const body = operation.requestBody?.content["application/json"]?.schema;
      const request = SwaggerClient.buildRequest({
        spec,
        operationId: operation.operationId,
        parameters,
        ...(body && { requestBody: sample(body), requestContentType: "application/json" }),
        server: origin,
        baseURL: origin,
        contextUrl: `${origin}/docs/json`,
      });
      const response = await fetch(request.url, {
        method: request.method,
        headers: request.headers,
        body:
          typeof request.body === "string" ? request.body : body && JSON.stringify(request.body),
      });
      const text = await response.text();
      // The domain of what the gateway itself refuses, as opposed to what the service answers.
      if (text.includes('"fastify-grpc-gateway"') || (response.status === 404 && text === "")) {
        throw new Error(`${request.method} ${request.url} is refused: ${text}`);
      }
      count += 1;
    }
  }
  return count;
}

function sample(schema) {
  if (schema.enum) return schema.enum.at(-1);
  if (schema.type === "object") {
    const entries = Object.entries(schema.properties ?? {});
    const sent = entries.filter(([name]) => schema.required?.includes(name));
    return Object.fromEntries(sent.map(([name, property]) => [name, sample(property)]));
  }
  if (schema.type === "array") return [];
  if (schema.type === "boolean") return true;
  if (schema.type === "integer" || schema.type === "number") return 1;
  if (schema.format === "date-time") return "2026-01-02T03:04:05Z";
  return schema.pattern?.endsWith("s$") ? "1s" : "1";
}

/** A client of the generated types: compiled, then run. */
function callTyped(document, origin) {
  writeFileSync(join(dir, "openapi.json"), JSON.stringify(document));
  run("node_modules/.bin/openapi-typescript", ["openapi.json", "-o", "api.ts"]);
  writeFileSync(
    join(dir, "client.ts"),
    `import createClient from "openapi-fetch";
import type { paths } from "./api.js";
const client = createClient<paths>({ baseUrl: ${JSON.stringify(origin)} });
const sum = await client.POST("/api/v1/math/sum", { body: { vals: [1, 2] } });
const val: number | undefined = sum.data?.val;
if (val !== 3) throw new Error("the sum is " + val);
const missing = await client.GET("/v1/shelves/{shelf}/books/{book}", { params: { path: { shelf: "no", book: "none" } } });
const code: number | undefined = missing.error?.code;
if (missing.response.status !== 404 || code !== 5) throw new Error("not a 404: " + missing.response.status);
console.log("a typed client called the demo");
`,
  );
  const strict = ["--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2023"];
  run("node_modules/.bin/tsc", [...strict, "client.ts"]);
  run("node", ["client.js"]);
}
