import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Server, ServerCredentials } from "@grpc/grpc-js";
import { buildApp } from "../src/app.ts";
import { createServiceServer } from "../src/service-server.ts";

const chatScript = fileURLToPath(new URL("../chat.mjs", import.meta.url));
const hasCurl = spawnSync("curl", ["--version"]).status === 0;

/** The services in the app's process, and behind a port. */
const upstreams: Record<string, (t: TestContext) => Promise<Server | string>> = {
  "in-process": createServiceServer,
  remote: async (t) => {
    const server = await createServiceServer();
    t.after(() => server.forceShutdown());
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    return `127.0.0.1:${port}`;
  },
};

async function listen(t: TestContext, upstream: Server | string, apiKey?: string): Promise<string> {
  const app = await buildApp({ upstream, apiKey });
  t.after(() => app.close());
  return app.listen({ port: 0, host: "127.0.0.1" });
}

/** The lines of a stream, one at a time. */
function linesOf(stream: NodeJS.ReadableStream): () => Promise<string> {
  const lines = createInterface({ input: stream })[Symbol.asyncIterator]();
  return async () => String((await lines.next()).value);
}

/** A program that talks at the shelf of fiction. */
function talk(t: TestContext, program: string, args: readonly string[]) {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  t.after(() => child.kill());
  return {
    say: (line: string) => child.stdin.write(`${line}\n`),
    hear: linesOf(child.stdout),
    async leave(): Promise<number | null> {
      child.stdin.end();
      const [code] = await once(child, "exit");
      return code;
    },
  };
}

for (const [where, upstreamOf] of Object.entries(upstreams)) {
  test(`${where}: books are put on their shelf as they come, up to a wrong one`, async (t) => {
    const origin = await listen(t, await upstreamOf(t));
    const create = (lines: object[]): Promise<Response> =>
      fetch(`${origin}/v1/shelves/fiction/books:bulkCreate`, {
        method: "POST",
        headers: { "content-type": "application/x-ndjson" },
        body: lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
      });
    const books = Array.from({ length: 500 }, (_, i) => ({ book: { title: `Volume ${i}` } }));
    assert.equal(await (await create(books)).text(), '{"created":500}');

    const emma = { bookId: "emma", book: { title: "Emma" } };
    const refused = await create([emma, emma, { bookId: "persuasion", book: { title: "x" } }]);
    assert.equal(refused.status, 409);
    assert.match(await refused.text(), /BOOK_ALREADY_EXISTS/);
    const statusOf = async (id: string): Promise<number> =>
      (await fetch(`${origin}/v1/shelves/fiction/books/${id}`)).status;
    assert.deepEqual([await statusOf("emma"), await statusOf("persuasion")], [200, 404]);

    const malformed = await create([{ book: { title: "x" } }, { book: { title: 7 } }]);
    assert.equal(malformed.status, 400);
    assert.match(await malformed.text(), /message 2: book\.title/);
  });

  test(`${where}: those who talk at a shelf hear each other while they talk`, async (t) => {
    const origin = await listen(t, await upstreamOf(t));
    const ada = talk(t, process.execPath, [chatScript, "ada", "fiction", origin]);
    assert.equal(await ada.hear(), "ada: is here");
    const bob = talk(t, process.execPath, [chatScript, "bob", "fiction", origin]);
    assert.equal(await bob.hear(), "bob: is here");
    assert.equal(await ada.hear(), "bob: is here");
    ada.say("hello");
    assert.deepEqual([await ada.hear(), await bob.hear()], ["ada: hello", "ada: hello"]);
    assert.equal(await bob.leave(), 0);
    ada.say("still here");
    assert.equal(await ada.hear(), "ada: still here");
    assert.equal(await ada.leave(), 0);
  });

  test(`${where}: a cover comes back as it was sent`, async (t) => {
    const origin = await listen(t, await upstreamOf(t));
    const url = `${origin}/v1/shelves/fiction/books/moby-dick/cover`;
    assert.equal((await fetch(url)).status, 404);
    const image = randomBytes(300_000);
    const put = (body: Buffer<ArrayBuffer>, type: string): Promise<Response> =>
      fetch(url, { method: "PUT", headers: { "content-type": type }, body });
    const stored = await put(image, "image/png");
    assert.deepEqual(await stored.json(), {
      book: "shelves/fiction/books/moby-dick",
      contentType: "image/png",
      sizeBytes: 300_000,
    });
    const cover = await fetch(url);
    assert.equal(cover.headers.get("content-type"), "image/png");
    assert.ok(Buffer.from(await cover.arrayBuffer()).equals(image));
    assert.equal(cover.headers.get("content-disposition"), 'inline; filename="moby-dick.png"');
    const part = await fetch(url, { headers: { range: "bytes=200000-200009" } });
    assert.deepEqual(
      [part.status, part.headers.get("content-range")],
      [206, "bytes 200000-200009/300000"],
    );
    assert.ok(Buffer.from(await part.arrayBuffer()).equals(image.subarray(200_000, 200_010)));
    const changed = await fetch(url, { headers: { range: "bytes=9-", "if-range": '"old"' } });
    assert.deepEqual([changed.status, (await changed.arrayBuffer()).byteLength], [200, 300_000]);
    assert.equal((await put(image, "image/svg+xml")).status, 400);
    // Over the 5 MiB by little: a client that is still sending may miss the answer.
    assert.equal((await put(Buffer.alloc(5 * 1024 * 1024 + 1), "image/png")).status, 400);
    assert.ok(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(image));
  });

  test(`${where}: who does not read what is said is told so, and holds nobody up`, async (t) => {
    const origin = await listen(t, await upstreamOf(t));
    const join = async (reader: string) => {
      const call = request(`${origin}/v1/shelves/fiction:chat`, { method: "POST" });
      t.after(() => call.destroy());
      const say = (text: string): void => void call.write(JSON.stringify({ reader, text }));
      say("is here");
      const [response] = (await once(call, "response")) as [IncomingMessage];
      return { say, response, leave: () => call.destroy() };
    };
    const idle = await join("bob");
    const ada = await join("ada");
    const heard = linesOf(ada.response);
    await heard();
    const text = "x".repeat(100_000);
    // More than what the sockets between them hold.
    for (let i = 0; i < 300; i += 1) {
      ada.say(text);
      assert.match(await heard(), /xxx/);
    }
    let last = "";
    await assert.rejects(async () => {
      for await (const chunk of idle.response.setEncoding("utf8"))
        last = (last + chunk).slice(-1000);
    }, /aborted/);
    assert.match(last, /\n\{"error":.*READS_TOO_SLOWLY.*\}\n$/);
    ada.leave();
  });
}

test("curl talks as well", { skip: !hasCurl && "there is no curl" }, async (t) => {
  const origin = await listen(t, await createServiceServer());
  const url = `${origin}/v1/shelves/fiction:chat`;
  const curl = talk(t, "curl", ["-sN", "--no-progress-meter", "-T", ".", "-X", "POST", url]);
  for (const text of ["hello", "bye"]) {
    curl.say(JSON.stringify({ reader: "bob", text }));
    assert.equal(JSON.parse(await curl.hear()).text, text);
  }
  assert.equal(await curl.leave(), 0);
});

test("the users of a group come in a file, by a handler that the rpcs' guards guard", async (t) => {
  const origin = await listen(t, await createServiceServer(), "secret");
  const url = `${origin}/v1/groups/red%20book/users`;
  const send = (text: string, headers: Record<string, string> = {}): Promise<Response> => {
    const body = new FormData();
    body.set("file", new Blob([text]), "users.csv");
    return fetch(url, { method: "POST", headers, body });
  };
  const csv = "ada@example.com,Ada Lovelace\r\nbob@example.com,\n";
  const refused = await send(csv);
  assert.equal(refused.status, 401);
  assert.equal(refused.headers.get("cache-control"), "no-store");
  const key = { "x-api-key": "secret" };
  assert.deepEqual(await (await send(csv, key)).json(), { imported: 2 });
  const wrong = await send("ada@example.com,Ada\nBob", key);
  assert.equal(wrong.status, 400);
  assert.match(await wrong.text(), /line 2 begins with no email address.*fieldViolations/);
  assert.equal((await send("x".repeat(1024 * 1024 + 1), key)).status, 413);
  assert.deepEqual(await (await fetch(url)).json(), {
    users: [
      { email: "ada@example.com", name: "Ada Lovelace" },
      { email: "bob@example.com", name: "" },
    ],
  });
});
