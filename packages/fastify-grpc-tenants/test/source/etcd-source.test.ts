import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type TestContext, test } from "node:test";
import { type EtcdSourceOptions, etcdSource } from "../../src/source/etcd-source.ts";
import { freePort } from "./free-port.ts";
import { realServer, withoutServer } from "./real-server.ts";
import { type DocumentStore, sourceContract, watching } from "./source-contract.ts";

const skip = withoutServer("etcd", "etcd-server");
const key = "fastify-grpc/tenants";
const base64 = (text: string): string => Buffer.from(text).toString("base64");

interface EtcdStore extends DocumentStore {
  readonly endpoint: string;
  /** A request of etcd's JSON. */
  ask(path: string, body: object, token?: string): Promise<Record<string, unknown>>;
  source(options?: EtcdSourceOptions): ReturnType<typeof etcdSource>;
}

async function etcdStore(t: TestContext): Promise<EtcdStore> {
  const [clients, peers] = [await freePort(), await freePort()];
  const endpoint = `http://127.0.0.1:${clients}`;
  const peer = `http://127.0.0.1:${peers}`;
  const server = await realServer(t, {
    command: "etcd",
    args: (dir) => [
      ...["--data-dir", dir, "--log-level", "info", "--logger", "zap", "--unsafe-no-fsync"],
      // Alone it need not wait for others.
      ...["--heartbeat-interval", "10", "--election-timeout", "100"],
      ...["--listen-client-urls", endpoint, "--advertise-client-urls", endpoint],
      ...["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer],
      ...["--initial-cluster", `default=${peer}`],
    ],
    ready: /serving (insecure )?client (requests|traffic) ?(insecurely)?/,
  });
  const ask: EtcdStore["ask"] = async (path, body, token) => {
    const response = await fetch(`${endpoint}/v3/${path}`, {
      method: "POST",
      headers: token === undefined ? {} : { authorization: token },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    assert.equal(response.status, 200, JSON.stringify(answer));
    return answer;
  };
  return {
    endpoint,
    ask,
    source: (options) => etcdSource({ endpoints: [endpoint], pollMs: 3_600_000, ...options }),
    write: async (text) => void (await ask("kv/put", { key: base64(key), value: base64(text) })),
    remove: async () => void (await ask("kv/deleterange", { key: base64(key) })),
    async restart() {
      await server.kill();
      await server.start();
    },
  };
}

sourceContract("etcd", skip, etcdStore);

test("a watch of etcd survives that its revisions are compacted", { skip }, async (t) => {
  const store = await etcdStore(t);
  await store.write("one");
  const watched = watching(t, store.source());
  await watched.has("one");
  await store.restart?.();
  for (let i = 0; i < 20; i += 1) await store.write(`old ${i}`);
  const { header } = (await store.ask("kv/range", { key: base64(key) })) as {
    header: { revision: string };
  };
  await store.ask("kv/compaction", { revision: header.revision, physical: true });
  await watched.has("old 19", 6_000);
  await store.write("two");
  await watched.has("two");
});

test("another key is none of a watch's business", { skip }, async (t) => {
  const store = await etcdStore(t);
  await store.write("one");
  await store.ask("kv/put", { key: base64(`${key}2`), value: base64("other") });
  const watched = watching(t, store.source());
  await watched.has("one");
  await store.ask("kv/put", { key: base64(`${key}2`), value: base64("another") });
  await store.write("two");
  await watched.has("two");
  assert.deepEqual(
    watched.documents.map(({ text }) => text),
    ["one", "two"],
  );
});

test("the next endpoint is asked where one does not answer", { skip }, async (t) => {
  const store = await etcdStore(t);
  await store.write("one");
  const endpoints = [`http://127.0.0.1:${await freePort()}`, store.endpoint];
  const watched = watching(t, store.source({ endpoints }));
  await watched.has("one");
  assert.match(String(watched.errors[0]), /ECONNREFUSED/);
});

test("a user with a password is let in, others are told why not", { skip }, async (t) => {
  const store = await etcdStore(t);
  await store.write("one");
  await store.ask("auth/user/add", { name: "root", password: "secret" });
  await store.ask("auth/role/add", { name: "root" });
  await store.ask("auth/user/grant", { user: "root", role: "root" });
  await store.ask("auth/enable", {});
  const known = { username: "root", password: "secret" };
  assert.equal((await store.source(known).load()).text, "one");
  await watching(t, store.source(known)).has("one");
  await assert.rejects(
    store.source().load(),
    /etcd fastify-grpc\/tenants: HTTP 400 of \/v3\/kv\/range: .*user name is empty/,
  );
  await assert.rejects(
    store.source({ username: "root", password: "wrong" }).load(),
    (error: Error) =>
      /etcd refuses user "root": HTTP 400/.test(error.message) && !error.message.includes("wrong"),
  );
});

/** What stands in for an etcd that does something real ones do seldom. */
async function standIn(
  t: TestContext,
  watch: (response: ServerResponse, times: number) => void,
): Promise<ReturnType<typeof etcdSource>> {
  let watches = 0;
  let revision = 0;
  const server = createServer((request, response) => {
    request.resume();
    if (request.url === "/v3/watch") {
      watches += 1;
      watch(response, watches);
      return;
    }
    revision += 1;
    const kvs = [{ value: base64(`read ${revision}`), mod_revision: `${revision}` }];
    response.end(JSON.stringify({ header: { revision: `${revision}` }, kvs }));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  return etcdSource({ endpoints: [`http://127.0.0.1:${port}`], timeoutMs: 200 });
}

const strange: readonly [what: string, text: string, problem: RegExp | undefined][] = [
  ["was compacted", '{"result":{"canceled":true,"compact_revision":"7"}}\n', undefined],
  ["is cancelled", '{"result":{"canceled":true,"cancel_reason":"no leader"}}\n', /no leader/],
  ["fails", '{"error":{"message":"the server is going away"}}\n', /going away/],
  ["sends no JSON", "<html>\n", /JSON/],
  ["ends", "", /the connection has ended/],
];

for (const [what, text, problem] of strange) {
  test(`a watch that ${what} begins anew with a read`, async (t) => {
    const source = await standIn(t, (response, times) => {
      if (times > 1) response.writeHead(200).flushHeaders();
      else response.end(text);
    });
    const watched = watching(t, source);
    await watched.has("read 2");
    if (problem === undefined) assert.deepEqual(watched.errors, []);
    else assert.match(String(watched.errors[0]), problem);
  });
}

test("what a watch tells is read, whether the line came whole or in parts", async (t) => {
  const source = await standIn(t, (response) => {
    response.write('{"result":{"created":true}}\n{"result":{"eve');
    setImmediate(() => response.write('nts":[{}]}}\n'));
  });
  await watching(t, source).has("read 2");
});

test("a token that has ended is replaced", async (t) => {
  let tokens = 0;
  const server = createServer((request, response) => {
    request.resume();
    if (request.url === "/v3/auth/authenticate") {
      tokens += 1;
      response.end(JSON.stringify({ token: `token ${tokens}` }));
    } else if (request.headers.authorization === "token 2") {
      response.end(
        JSON.stringify({ header: {}, kvs: [{ value: base64("one"), mod_revision: "1" }] }),
      );
    } else response.writeHead(401).end("invalid auth token");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const endpoints = [`http://127.0.0.1:${port}`];
  const source = etcdSource({ endpoints, username: "root", password: "secret" });
  await assert.rejects(source.load(), /HTTP 401 of \/v3\/kv\/range: invalid auth token/);
  assert.equal((await source.load()).text, "one");
  assert.equal((await source.load()).text, "one");
  assert.equal(tokens, 2);
});

test("an etcd behind TLS knows its clients by their certificate, and they know it", async (t) => {
  const pem = (name: string) =>
    readFileSync(
      new URL(`../../../fastify-grpc-gateway/test/fixtures/tls/${name}`, import.meta.url),
    );
  const own = { key: pem("server.key"), cert: pem("server.pem"), ca: pem("ca.pem") };
  const server = createHttpsServer({ ...own, requestCert: true }, (request, response) => {
    request.resume();
    const kvs = [{ value: base64("one"), mod_revision: "1" }];
    response.end(JSON.stringify({ header: { revision: "1" }, kvs }));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const load = (tls: object) =>
    etcdSource({ endpoints: [`https://localhost:${port}`], tls }).load();
  const client = { key: pem("client.key"), cert: pem("client.pem") };
  assert.equal((await load({ ...client, ca: pem("ca.pem") })).text, "one");
  await assert.rejects(load(client), /etcd fastify-grpc\/tenants: .*certificate/);
  await assert.rejects(load({ ca: pem("ca.pem") }), /etcd fastify-grpc\/tenants: /);
});

test("an etcd that does not answer is told, and is asked again ever more seldom", async (t) => {
  let asked = 0;
  const server = createServer(() => {
    asked += 1;
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const source = etcdSource({ endpoints: [`http://127.0.0.1:${port}`], timeoutMs: 30 });
  await assert.rejects(source.load(), /etcd fastify-grpc\/tenants: /);
  asked = 0;
  const watched = watching(t, source);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.ok(asked >= 2 && asked <= 6, `${asked} times`);
  assert.ok(watched.errors.length >= 2);
});

const wrong: readonly [options: object, problem: RegExp][] = [
  [{ endpoints: [] }, /option source.endpoints is \[\]: give one at least/],
  [{ endpoints: "http://a" }, /option source.endpoints is "http:\/\/a": give a list/],
  [{ endpoints: ["a:2379"] }, /option source.endpoints\[0\] is "a:2379": give an address/],
  [{ key: "" }, /option source.key is "": give a text/],
  [{ timeoutMs: 0 }, /option source.timeoutMs is 0: give a whole number of milliseconds/],
  [{ user: "a" }, /option source.user does not exist/],
];

for (const [options, problem] of wrong) {
  test(`etcd with ${JSON.stringify(options)} is refused`, () => {
    assert.throws(() => etcdSource(options as EtcdSourceOptions), problem);
  });
}
