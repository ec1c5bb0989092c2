import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { credentials, loadPackageDefinition, Metadata, type ServiceError } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { bundledProtoDir } from "grpc-transcoding";
import type { Upstream } from "../src/transport/upstream.ts";
import { listen, remoteShop, ShopLog, shopApp, shopProto, shopServer } from "./shop.ts";

// biome-ignore lint/suspicious/noExplicitAny: the packages and clients of proto-loader have no types.
type Untyped = any;

function shopClient(t: TestContext, origin: string): Untyped {
  const definition = loadSync("shop/v1/shop.proto", {
    includeDirs: [shopProto, bundledProtoDir],
    longs: String,
    defaults: true,
  });
  const { shop } = loadPackageDefinition(definition) as Untyped;
  const client = new shop.v1.Shop(origin.replace("http://", ""), credentials.createInsecure());
  t.after(() => client.close());
  return client;
}

function unary(client: Untyped, method: string, ...args: unknown[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    client[method](...args, (error: ServiceError | null, value: unknown) =>
      error ? reject(error) : resolve(value),
    );
  });
}

const upstreams: Record<string, (t: TestContext, log: ShopLog) => Promise<Upstream>> = {
  "in-process": (_t, log) => shopServer(log),
  "passed on": remoteShop,
};

for (const [kind, makeUpstream] of Object.entries(upstreams)) {
  for (const http2 of [false, true]) {
    const shape = http2 ? "Fastify({ http2: true })" : "a plain Fastify()";
    const start = async (t: TestContext, log = new ShopLog()) => {
      const app = await shopApp(t, { upstream: await makeUpstream(t, log) }, { http2 } as object);
      return shopClient(t, await listen(app));
    };

    test(`${kind}, ${shape}: grpc-js clients call on the app's port`, async (t) => {
      const log = new ShopLog();
      const client = await start(t, log);
      const metadata = new Metadata();
      metadata.set("x-any", "thing");
      const item = await unary(client, "GetItem", { name: "items/1", number: 3 }, metadata);
      assert.deepEqual(item, { name: "items/1", price: "3", picture: Buffer.alloc(0), tags: [] });
      assert.deepEqual(log.metadata.at(-1)?.get("x-any"), ["thing"]);
      assert.deepEqual(await unary(client, "Unbound", { name: "u" }), {
        name: "u",
        price: "0",
        picture: Buffer.alloc(0),
        tags: [],
      });
    });

    test(`${kind}, ${shape}: status and deadline reach the client`, async (t) => {
      const log = new ShopLog();
      const client = await start(t, log);
      await assert.rejects(unary(client, "Fail", { code: 9, message: "no" }), {
        code: 9,
        details: "no",
      });
      const deadline = Date.now() + 400;
      await assert.rejects(unary(client, "Wait", { name: "w" }, { deadline }), { code: 4 });
      await log.cancelled();
    });

    test(`${kind}, ${shape}: streams arrive whole, and cancelling ends them`, async (t) => {
      const log = new ShopLog();
      const client = await start(t, log);
      const names: string[] = [];
      for await (const item of client.Count({ limit: 50, bytes: 20_000 })) names.push(item.name);
      assert.equal(names.length, 50);
      const endless = client.Count({ bytes: 1000 });
      endless.on("error", () => {});
      endless.once("data", () => endless.cancel());
      await log.cancelled();
    });
  }
}

test("leaves native gRPC alone when told to", async (t) => {
  const app = await shopApp(t, { nativeGrpc: false });
  const client = shopClient(t, await listen(app));
  await assert.rejects(unary(client, "GetItem", { name: "items/1" }));
});

test("refuses a request message over the limit without holding it, when calls are passed on", async (t) => {
  const app = await shopApp(t, {
    upstream: await remoteShop(t),
    limits: { maxRequestBytes: 1000 },
  });
  const client = shopClient(t, await listen(app));
  const item = { picture: Buffer.alloc(5000) };
  await assert.rejects(unary(client, "CreateItem", { item }), { code: 8 });
});
