import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { FastifyInstance } from "fastify";
import type { Page } from "playwright-core";
import { buildApp } from "../src/app.ts";
import { createServiceServer } from "../src/service-server.ts";
import { launch, noBrowser } from "./browser.ts";

interface Opened {
  readonly app: FastifyInstance;
  readonly page: Page;
  readonly origin: string;
  /** The `Last-Event-ID` of each request for a stream. */
  readonly lastIds: (string | undefined)[];
}

/** A page of the demo in a browser; undefined where there is none. */
async function open(t: TestContext, path: string): Promise<Opened | undefined> {
  const browser = await launch(t);
  if (browser === undefined) return undefined;
  const app = await buildApp({ upstream: await createServiceServer() });
  t.after(async () => {
    await browser.close();
    await app.close();
  });
  const lastIds: (string | undefined)[] = [];
  app.addHook("onRequest", async ({ rpc, headers }) => {
    if (rpc?.method === "WatchShelf") lastIds.push(headers["last-event-id"] as string | undefined);
  });
  const origin = await app.listen({ port: 0, host: "127.0.0.1" });
  const page = await browser.newPage();
  await page.goto(`${origin}${path}`);
  return { app, page, origin, lastIds };
}

test("the page that watches a shelf goes on where it stopped when the server drops it", {
  skip: noBrowser,
}, async (t) => {
  const opened = await open(t, "/watch?shelf=fiction");
  if (opened === undefined) return;
  const { app, page, lastIds } = opened;
  const create = async (title: string): Promise<void> => {
    const url = "/v1/shelves/fiction/books";
    assert.equal((await app.inject({ method: "POST", url, payload: { title } })).statusCode, 200);
  };
  const item = (text: string) => page.locator("#events li", { hasText: text }).waitFor();
  await item("CREATED: Moby-Dick");
  await create("Emma");
  await item("CREATED: Emma");
  assert.deepEqual(lastIds, [undefined]);

  app.server.closeAllConnections();
  await page.locator("#state", { hasText: "lost" }).waitFor();
  await create("Persuasion");
  await item("CREATED: Persuasion");
  await create("Sanditon");
  await item("CREATED: Sanditon");
  assert.deepEqual(lastIds, [undefined, "2"]);
  const items = page.locator("#events li");
  assert.deepEqual(
    await items.evaluateAll((all) => all.map((one) => Number(one.getAttribute("value")))),
    [1, 2, 3, 4],
  );
});

test("fetch in a browser reads lines as they come, and rejects where a stream fails", {
  skip: noBrowser,
}, async (t) => {
  const opened = await open(t, "/health");
  if (opened === undefined) return;
  const seen = await opened.page.evaluate(async () => {
    const headers = { accept: "application/x-ndjson", "grpc-timeout": "1500m" };
    const response = await fetch("/v1/shelves/science:watch", { headers });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const lines: string[] = [];
    try {
      for (;;) {
        const { done, value } = (await reader?.read()) ?? { done: true };
        if (done) return { lines, end: "complete" };
        lines.push(value);
        // Only now: the first line has come although the stream goes on.
        if (lines.length === 1) {
          const body = '{"title":"Relativity"}';
          const type = { "content-type": "application/json" };
          await fetch("/v1/shelves/science/books", { method: "POST", headers: type, body });
        }
      }
    } catch (error) {
      return { lines, end: (error as Error).name };
    }
  });
  const [first, second, last, ...others] = seen.lines.map((line) => JSON.parse(line));
  assert.deepEqual([first.book.state, second.book.title], ["LENT", "Relativity"]);
  assert.equal(last.error.code, 4);
  assert.deepEqual([others, seen.end], [[], "TypeError"]);
});
