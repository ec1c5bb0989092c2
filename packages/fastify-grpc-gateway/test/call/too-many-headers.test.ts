import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { type TestContext, test } from "node:test";
import { Code } from "grpc-transcoding";
import { listen, remoteShop, shopApp } from "../shop.ts";

/** The answer to a request with one header `count` times. */
async function answerTo(origin: string, name: string, count: number) {
  const headers = Array.from({ length: count }, () => [name, "1"]).flat();
  const sent = request(`${origin}/v1/items/7`, {
    headers: ["host", "shop.example", ...headers],
    agent: false,
  }).end();
  const [response] = await once(sent, "response");
  let body = "";
  for await (const chunk of response) body += chunk;
  return { statusCode: response.statusCode, body: JSON.parse(body) };
}

// The preset grpc-gateway adds x-forwarded-for and x-forwarded-host.
const presets = [
  ["standard", "traceparent", 100],
  ["grpc-gateway", "Grpc-Metadata-X", 98],
] as const;

for (const [preset, name, most] of presets) {
  test(`${preset}: more headers than a call can carry are the client's 431, not the upstream's fault`, async (t: TestContext) => {
    const app = await shopApp(t, { preset, upstream: await remoteShop(t) });
    const origin = await listen(app);
    assert.equal((await answerTo(origin, name, most)).statusCode, 200);
    for (const count of [most + 1, 200]) {
      const { statusCode, body } = await answerTo(origin, name, count);
      assert.equal(statusCode, 431);
      assert.equal(body.code, Code.RESOURCE_EXHAUSTED);
      assert.match(
        body.message,
        /request headers would become metadata, more than the limit of 100$/,
      );
    }
  });
}
