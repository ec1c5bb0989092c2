import assert from "node:assert/strict";
import { connect } from "node:http2";
import { type TestContext, test } from "node:test";
import { credentials, loadPackageDefinition, type ServiceError } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { bundledProtoDir } from "grpc-transcoding";
import { protoDir } from "../src/service-server.ts";
import { printed, startProgram } from "./demo-process.ts";

/** The services in the demo's process, and in another. */
const environments: Record<string, (t: TestContext) => Promise<Record<string, string>>> = {
  "in one process": async () => ({}),
  "with UPSTREAM": async (t) => {
    const services = startProgram(t, "services-main", { GRPC_PORT: "0" });
    const [, address = ""] = await printed(services, /gRPC services on (\S+)/);
    return { UPSTREAM: address };
  },
};

async function startDemo(
  t: TestContext,
  env: Record<string, string>,
): Promise<{ readonly port: number; readonly token: string }> {
  const demo = startProgram(t, "main", { PORT: "0", ...env });
  const pattern = /docs {3}http:\/\/localhost:(\d+)\/docs.*^TOKEN=(\S+)$/ms;
  const [, port, token = ""] = await printed(demo, pattern);
  return { port: Number(port), token };
}

async function getJson(url: string, init?: RequestInit): Promise<Untyped> {
  const response = await fetch(url, init);
  return response.json();
}

/** One request over HTTP/2 without TLS, by prior knowledge. */
async function postHttp2(origin: string, path: string, body: string): Promise<unknown> {
  const session = connect(origin);
  try {
    const stream = session.request({ ":method": "POST", ":path": path });
    stream.end(body);
    let text = "";
    for await (const chunk of stream.setEncoding("utf8")) text += chunk;
    return JSON.parse(text);
  } finally {
    session.close();
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the packages and clients of proto-loader, and JSON, have no types.
type Untyped = any;

function grpcClient(
  t: TestContext,
  file: string,
  service: (api: Untyped) => Untyped,
  address: string,
): Untyped {
  const includeDirs = [protoDir, bundledProtoDir];
  const api = loadPackageDefinition(loadSync(file, { includeDirs, enums: String, defaults: true }));
  const client = new (service(api))(address, credentials.createInsecure());
  t.after(() => client.close());
  return client;
}

for (const [where, environment] of Object.entries(environments)) {
  test(`${where}: the demo serves REST, native gRPC and docs on one port`, async (t) => {
    const { port, token } = await startDemo(t, await environment(t));
    const origin = `http://localhost:${port}`;

    await t.test("REST over HTTP/1.1, as curl -d sends it", async () => {
      const sum = await fetch(`${origin}/api/v1/math/sum`, {
        method: "POST",
        body: '{"vals":[1,2,3]}',
        headers: { "content-type": "application/x-www-form-urlencoded" },
      });
      assert.equal(await sum.text(), '{"val":6}');
      assert.deepEqual(await getJson(`${origin}/api/v1/math/version`), { version: "1.0.0" });
    });

    await t.test("REST over HTTP/2 on the same port", async () => {
      assert.deepEqual(await postHttp2(origin, "/api/v1/math/sum", '{"vals":[4,-6]}'), { val: -2 });
    });

    await t.test("native gRPC on the same port", async (t) => {
      const client = grpcClient(t, "math/cat.proto", (api) => api.math.Cat, `localhost:${port}`);
      const sum = await new Promise((resolve, reject) =>
        client.Sum({ vals: [1, 2, 3] }, (error: ServiceError | null, value: unknown) =>
          error ? reject(error) : resolve(value),
        ),
      );
      assert.deepEqual(sum, { val: 6 });
    });

    await t.test("a library in the style of the AIPs", async () => {
      const json = { "content-type": "application/json" };
      const created = await getJson(`${origin}/v1/shelves/fiction/books?bookId=emma`, {
        method: "POST",
        headers: json,
        body: JSON.stringify({ title: "Emma", labels: { genre: "novel" }, copiesSold: "12" }),
      });
      assert.equal(created.name, "shelves/fiction/books/emma");
      const patched = await getJson(`${origin}/v1/${created.name}`, {
        method: "PATCH",
        headers: json,
        body: '{"authors":["Jane Austen"]}',
      });
      assert.deepEqual(
        [patched.title, patched.authors, patched.copiesSold],
        ["Emma", ["Jane Austen"], "12"],
      );
      const printed = await getJson(`${origin}/v1/shelves/fiction/books/moby-dick`, {
        method: "PATCH",
        headers: json,
        body: '{"print":{"pages":640}}',
      });
      assert.deepEqual(printed.print, { binding: "HARDCOVER", pages: 640 });
      const lent = await getJson(`${origin}/v1/${created.name}:lend`, {
        method: "POST",
        headers: json,
        body: '{"reader":"ada"}',
      });
      assert.equal(lent.state, "LENT");
      const found = await getJson(`${origin}/v1/books?states=LENT&pageSize=1`);
      assert.equal(found.books.length, 1);
      assert.equal(found.nextPageToken, "1");
      const headers = { authorization: `Bearer ${token}` };
      const deleted = await fetch(`${origin}/v1/${created.name}`, { method: "DELETE", headers });
      assert.equal(await deleted.text(), "{}");
    });

    await t.test("errors with their details, by the demo's table", async () => {
      const lost = await fetch(`${origin}/v1/shelves/fiction/books/none`);
      assert.equal(lost.status, 404);
      const { details } = (await lost.json()) as { details: { reason: string }[] };
      assert.equal(details[0]?.reason, "BOOK_NOT_FOUND");
      const lent = await fetch(`${origin}/v1/shelves/science/books/origin-of-species:lend`, {
        method: "POST",
        body: '{"reader":"ada"}',
      });
      assert.equal(lent.status, 422);
    });

    await t.test("a stream of events, a line each", async () => {
      const response = await fetch(`${origin}/v1/shelves/fiction:watch?maxEvents=2`);
      const lines = (await response.text()).trimEnd().split("\n");
      assert.deepEqual(
        lines.map((line) => JSON.parse(line).kind),
        ["CREATED", "CREATED"],
      );
    });

    await t.test("the app's own routes, and its 404", async () => {
      assert.deepEqual(await getJson(`${origin}/health`), { status: "ok" });
      assert.match((await getJson(`${origin}/v2/nothing`)).message, /not found/);
    });

    await t.test("one document of all routes", async () => {
      const { paths, openapi } = await getJson(`${origin}/docs/json`);
      assert.equal(openapi, "3.0.3");
      for (const path of ["/health", "/api/v1/math/sum", "/v1/shelves/{shelf}/books/{book}"]) {
        assert.ok(path in paths, `${path} is missing in ${Object.keys(paths)}`);
      }
    });
  });
}

test("the demo ends on a signal", async (t) => {
  const demo = startProgram(t, "main", { PORT: "0" });
  await printed(demo, /docs/);
  const ended = new Promise((resolve) => demo.once("exit", resolve));
  demo.kill("SIGTERM");
  assert.equal(await ended, 0);
});
