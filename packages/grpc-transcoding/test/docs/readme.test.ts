import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as grpcTranscoding from "grpc-transcoding";
import { compile } from "proto-to-descriptor";

const AsyncFunction = (async () => {}).constructor as new (
  ...parts: string[]
) => (...values: unknown[]) => Promise<unknown>;

test("the example of the README prints what it says", async () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const code = /```js\n(.*?)```/s.exec(readme)?.[1] ?? "";
  const promised = [...code.matchAll(/^\/\/ (.*)$/gm)].map((match) => match[1]);
  assert.equal(promised.length, 2);
  const printed: unknown[] = [];
  const names = Object.keys(grpcTranscoding);
  const run = new AsyncFunction(
    ...names,
    "compile",
    "console",
    code.replace(/^import [^;]*;$/gms, ""),
  );
  await run(...Object.values(grpcTranscoding), compile, {
    log: (value: unknown) => printed.push(value),
  });
  assert.deepEqual(printed, promised);
});

test("the README names every function and class that the package exports", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const table = readme.slice(readme.indexOf("| part | exports |"), readme.indexOf("Who writes"));
  const named = new Set([...table.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  const types = ["Transport", "Policy", "ErrorMapper"];
  assert.deepEqual([...named].sort(), [...Object.keys(grpcTranscoding), ...types].sort());
});
