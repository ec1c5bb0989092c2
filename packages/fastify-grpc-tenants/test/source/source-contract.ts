import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { PolicySource, SourceDocument } from "../../src/source/policy-source.ts";
import { until } from "../until.ts";

/** A place that keeps a document, with sources of it. */
export interface DocumentStore {
  /** Another source of the document. */
  source(): PolicySource;
  write(text: string): Promise<void>;
  remove(): Promise<void>;
  /** Takes the server away and brings it back with what it keeps; not for a store without one. */
  restart?(): Promise<void>;
}

/** What a watch has told. */
export interface Watched {
  readonly documents: readonly SourceDocument[];
  readonly errors: readonly Error[];
  /** Resolves once the latest document has a text; rejects after a while. */
  has(text: string, withinMs?: number): Promise<void>;
  failed(pattern: RegExp, withinMs?: number): Promise<void>;
  close(): Promise<void>;
}

export function watching(t: TestContext, source: PolicySource): Watched {
  const documents: SourceDocument[] = [];
  const errors: Error[] = [];
  const watch = source.watch(
    (document) => documents.push(document),
    (error) => errors.push(error),
  );
  t.after(() => watch.close());
  return {
    documents,
    errors,
    has: (text, withinMs = 1000) =>
      until(
        () => documents.at(-1)?.text === text,
        () =>
          `not ${text.slice(0, 40)}, but ${documents.at(-1)?.text.slice(0, 40)}; ${errors.at(-1)}`,
        withinMs,
      ),
    failed: (pattern, withinMs = 1000) =>
      until(
        () => errors.some(({ message }) => pattern.test(message)),
        () => String(errors.at(-1)),
        withinMs,
      ),
    close: () => watch.close(),
  };
}

/** What every source keeps to. `open` makes a store that holds nothing. */
export function sourceContract(
  kind: string,
  skip: string | false,
  open: (t: TestContext) => Promise<DocumentStore>,
  server: "has a server" | "has none" = "has a server",
): void {
  const contract = (what: string, run: (t: TestContext, store: DocumentStore) => Promise<void>) =>
    test(`${kind}: ${what}`, { skip }, async (t) => run(t, await open(t)));

  contract("a document that is not there is an error that names the source", async (_t, store) => {
    const source = store.source();
    await assert.rejects(source.load(), ({ code, message }: Error & { code: string }) => {
      assert.equal(code, "FST_GRPC_TENANTS_SOURCE");
      return message.startsWith(source.name) && message.endsWith("does not exist");
    });
  });

  contract("a document is loaded as it was written, large and in any script", async (_t, store) => {
    const text = `tenants: [] # 租户 ünïcode \u{1f680}\n#${"x".repeat(300_000)}\n`;
    await store.write(text);
    assert.equal((await store.source().load()).text, text);
  });

  contract("another document has another revision", async (_t, store) => {
    const source = store.source();
    await store.write("a");
    const before = await source.load();
    assert.deepEqual(await source.load(), before);
    await store.write("b");
    const after = await source.load();
    assert.notEqual(after.revision, before.revision);
    assert.match(after.revision, /./);
  });

  contract(
    "a watch tells the document as it is, and each change within a second",
    async (t, store) => {
      await store.write("one");
      const watched = watching(t, store.source());
      await watched.has("one");
      for (const text of ["two", "three", "four"]) {
        await store.write(text);
        await watched.has(text);
        assert.equal(watched.documents.at(-1)?.revision, (await store.source().load()).revision);
      }
    },
  );

  contract("what is written between the load and the watch is not missed", async (t, store) => {
    const source = store.source();
    await store.write("one");
    await source.load();
    await store.write("two");
    await watching(t, source).has("two");
  });

  contract(
    "a watch survives that the document goes away, and sees it come back",
    async (t, store) => {
      await store.write("one");
      const watched = watching(t, store.source());
      await watched.has("one");
      await store.remove();
      await watched.failed(/does not exist/);
      await store.write("two");
      await watched.has("two");
      assert.ok(watched.documents.every(({ text }) => text === "one" || text === "two"));
    },
  );

  contract("a watch may begin before there is a document", async (t, store) => {
    const watched = watching(t, store.source());
    await watched.failed(/does not exist/);
    await store.write("one");
    await watched.has("one");
  });

  contract("of a burst of 100 changes the last one wins", async (t, store) => {
    await store.write("one");
    const watched = watching(t, store.source());
    await watched.has("one");
    for (let i = 1; i <= 100; i += 1) await store.write(`burst ${i}`);
    await watched.has("burst 100");
  });

  contract("two watches of one source each see every change", async (t, store) => {
    const source = store.source();
    await store.write("one");
    const both = [watching(t, source), watching(t, source)];
    await store.write("two");
    for (const watched of both) await watched.has("two");
    await both[0]?.close();
    await store.write("three");
    await both[1]?.has("three");
  });

  contract("a watch that was closed tells nothing more", async (t, store) => {
    await store.write("one");
    const [closed, open] = [watching(t, store.source()), watching(t, store.source())];
    await Promise.all([closed.has("one"), open.has("one")]);
    await closed.close();
    const told = closed.documents.length + closed.errors.length;
    await store.write("two");
    await open.has("two");
    assert.equal(closed.documents.length + closed.errors.length, told);
  });

  contract("a watch that is closed at once leaves nothing behind", async (t, store) => {
    await store.write("one");
    const watched = watching(t, store.source());
    await watched.close();
    await watched.close();
    assert.deepEqual(watched.errors, []);
  });

  if (server === "has none") return;
  contract("a watch survives a restart of the server", async (t, store) => {
    await store.write("one");
    const watched = watching(t, store.source());
    await watched.has("one");
    await store.restart?.();
    await store.write("two");
    await watched.has("two", 6_000);
    await store.write("three");
    await watched.has("three");
  });
}
