import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Transport } from "grpc-transcoding";
import { createHttp2Transport } from "../src/index.ts";

test("the example of the README runs", async () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const [, snippet = ""] = /```js\n([\s\S]*?)```/.exec(readme) ?? [];
  const body = snippet.replace(/^import .*$/m, "");
  const run = new Function("createHttp2Transport", `${body}; return transport;`);
  const transport = run(createHttp2Transport) as Transport;
  assert.equal(transport.liveCalls, 0);
  await transport.close?.();
});
