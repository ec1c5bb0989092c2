import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createFileRegistry } from "@bufbuild/protobuf";
import { compile } from "../src/index.ts";

test("the snippet of the README prints what it says", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const snippet = /```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  const body = snippet.replace(/^import .*$/gm, "");
  const printed: unknown[] = [];
  const run = new Function("createFileRegistry", "compile", "console", body);
  run(createFileRegistry, compile, { log: (value: unknown) => printed.push(value) });
  const promised = /console\.log\(.*\); \/\/ (.*)/.exec(snippet)?.[1];
  assert.deepEqual(printed, [promised]);
});
