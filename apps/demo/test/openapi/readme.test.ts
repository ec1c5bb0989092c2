import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { protoDir } from "../../src/service-server.ts";

const readme = new URL("../../../../packages/fastify-grpc-openapi/README.md", import.meta.url);

test("the snippet of the openapi plugin's README works as it stands", async (t) => {
  const [, snippet = ""] = /```ts\n(.*?)```/s.exec(readFileSync(readme, "utf8")) ?? [];
  const dir = mkdtempSync(join(fileURLToPath(new URL(".", import.meta.url)), ".readme-"));
  t.after(() => rmSync(dir, { recursive: true }));
  cpSync(protoDir, join(dir, "proto"), { recursive: true });
  writeFileSync(join(dir, "app.mjs"), `${snippet}\nawait app.close();\n`);
  const child = spawn(process.execPath, [...process.execArgv, "app.mjs"], {
    cwd: dir,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  for await (const chunk of child.stdout) printed += chunk;
  assert.match(printed, /'\/v1\/shelves\/\{shelf\}\/books\/\{book\}'/);
  assert.match(printed, /'\/health'/);
});
