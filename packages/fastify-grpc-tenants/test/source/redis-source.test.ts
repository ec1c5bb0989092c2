import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Redis } from "ioredis";
import { redisSource, writeRedisDocument } from "../../src/source/redis-source.ts";
import { freePort } from "./free-port.ts";
import { realServer, withoutServer } from "./real-server.ts";
import { type DocumentStore, sourceContract, watching } from "./source-contract.ts";

const skip = withoutServer("redis-server", "redis-server");

interface RedisStore extends DocumentStore {
  readonly client: Redis;
  readonly port: number;
}

async function redisStore(t: TestContext): Promise<RedisStore> {
  const port = await freePort();
  const server = await realServer(t, {
    command: "redis-server",
    args: (dir) => [
      "--port",
      String(port),
      "--bind",
      "127.0.0.1",
      "--save",
      "",
      "--appendonly",
      "yes",
      "--dir",
      dir,
    ],
    ready: /Ready to accept connections/,
  });
  const client = new Redis({ port, host: "127.0.0.1", retryStrategy: () => 50 });
  client.on("error", () => {});
  t.after(() => client.disconnect());
  return {
    client,
    port,
    source: () => redisSource({ client, pollMs: 3_600_000 }),
    write: (text) => writeRedisDocument(client, text),
    async remove() {
      await client.del("{fastify-grpc}:tenants");
      await client.publish("{fastify-grpc}:tenants:changed", "");
    },
    async restart() {
      await server.kill();
      await server.start();
    },
  };
}

sourceContract("Redis", skip, redisStore);

test("a document that was set by hand is seen by the poll", { skip }, async (t) => {
  const { client } = await redisStore(t);
  await client.set("mine", "one");
  const watched = watching(t, redisSource({ client, key: "mine", pollMs: 50 }));
  await watched.has("one");
  await client.set("mine", "two");
  await watched.has("two");
});

test("the revision of a document in Redis is how often it was written", { skip }, async (t) => {
  const store = await redisStore(t);
  await store.write("a");
  await store.write("a");
  assert.equal((await store.source().load()).revision, "2");
});

test("a Redis that hangs is told, and the app is not held up", { skip }, async (t) => {
  const { port } = await redisStore(t);
  const hanging = {
    mget: () => new Promise<never>(() => {}),
    duplicate: () => new Redis({ port, host: "127.0.0.1" }),
  };
  const source = redisSource({ client: hanging, timeoutMs: 50 });
  await assert.rejects(
    source.load(),
    / redis \{fastify-grpc\}:tenants: Redis has not answered within 50 ms$/,
  );
  await watching(t, source).failed(/has not answered within 50 ms/);
});

test("a document that Redis does not take is an error for its writer", { skip }, async (t) => {
  const { client } = await redisStore(t);
  await client.set("list:revision", "no number");
  await assert.rejects(writeRedisDocument(client, "a", "list"), /not an integer/);
});

test("no client is refused", () => {
  assert.throws(
    () => redisSource({ client: {} as never }),
    /source.client is \{\}: give a client of ioredis/,
  );
  assert.throws(() => redisSource({ cliant: 1 } as never), /option source.cliant does not exist/);
});
