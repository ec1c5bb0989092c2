import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { printed } from "./demo-process.ts";

const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");

/** The first code block of a language. */
function snippet(language: string): string {
  const match = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(readme);
  assert.ok(match, `README.md has no ${language} block`);
  return match[1] as string;
}

test("the quick start of the README works as it stands", async (t) => {
  // Inside the workspace, so that the packages are found as if they were installed.
  const dir = mkdtempSync(join(fileURLToPath(new URL(".", import.meta.url)), ".readme-"));
  t.after(() => rmSync(dir, { recursive: true }));
  mkdirSync(join(dir, "proto"));
  writeFileSync(join(dir, "proto/hello.proto"), snippet("proto"));
  writeFileSync(join(dir, "server.mjs"), snippet("js"));
  const child = spawn(process.execPath, [...process.execArgv, "server.mjs"], {
    cwd: dir,
    env: { ...process.env, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill());
  const [, origin] = await printed(child, /listening on (\S+)/);

  const greeting = await fetch(`${origin}/v1/greetings/Ada?times=2`);
  assert.equal(await greeting.text(), '{"text":"Hello Ada! Hello Ada!"}');
  const bad = await fetch(`${origin}/v1/greetings/Ada?times=x`);
  assert.equal(bad.status, 400);
  assert.match(await bad.text(), /times/);
  const document = await fetch(`${origin}/docs/json`);
  assert.match(await document.text(), /\/v1\/greetings\/\{name\}/);
});
