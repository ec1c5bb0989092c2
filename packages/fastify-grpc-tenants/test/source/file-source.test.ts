import assert from "node:assert/strict";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileSource } from "../../src/source/file-source.ts";
import { sourceContract, watching } from "./source-contract.ts";

function directory(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), "tenants-file-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

// So that what these tests see comes from the watch, not from the poll.
const never = { pollMs: 3_600_000 };

sourceContract(
  "a file",
  false,
  async (t) => {
    const path = join(directory(t), "tenants.yaml");
    return {
      source: () => fileSource(path, never),
      write: async (text) => writeFileSync(path, text),
      remove: async () => rmSync(path),
    };
  },
  "has none",
);

test("a file that is replaced by renaming is seen each time", async (t) => {
  const dir = directory(t);
  const path = join(dir, "tenants.yaml");
  writeFileSync(path, "0");
  const watched = watching(t, fileSource(path, never));
  await watched.has("0");
  for (const text of ["1", "2", "3"]) {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
    await watched.has(text);
  }
});

test("a file of a Kubernetes volume is seen when the link to its directory is swapped", async (t) => {
  const dir = directory(t);
  const publish = (text: string): void => {
    mkdirSync(join(dir, `..${text}`));
    writeFileSync(join(dir, `..${text}`, "tenants.yaml"), text);
    symlinkSync(`..${text}`, join(dir, "..data_tmp"));
    renameSync(join(dir, "..data_tmp"), join(dir, "..data"));
  };
  publish("one");
  symlinkSync("..data/tenants.yaml", join(dir, "tenants.yaml"));
  const watched = watching(t, fileSource(join(dir, "tenants.yaml"), never));
  await watched.has("one");
  for (const text of ["two", "three"]) {
    publish(text);
    await watched.has(text);
  }
});

test("a burst of 100 writes is read one to three times", async (t) => {
  const path = join(directory(t), "tenants.yaml");
  writeFileSync(path, "0");
  const watched = watching(t, fileSource(path, never));
  await watched.has("0");
  for (let i = 1; i <= 100; i += 1) {
    writeFileSync(path, `${i}`);
    await sleep(1);
  }
  await watched.has("100");
  const reads = watched.documents.length - 1;
  assert.ok(reads >= 1 && reads <= 3, `${reads} reads`);
});

test("a file that is written in parts is read when it is whole", async (t) => {
  const path = join(directory(t), "tenants.yaml");
  writeFileSync(path, "old");
  const watched = watching(t, fileSource(path, never));
  await watched.has("old");
  truncateSync(path);
  for (const part of ["a", "b", "c"]) {
    await sleep(20);
    appendFileSync(path, part);
  }
  await watched.has("abc");
  assert.deepEqual(
    watched.documents.map(({ text }) => text),
    ["old", "abc"],
  );
});

test("a writer that never pauses is read all the same", async (t) => {
  const path = join(directory(t), "tenants.yaml");
  writeFileSync(path, "old");
  const watched = watching(t, fileSource(path, never));
  await watched.has("old");
  const until = Date.now() + 900;
  while (Date.now() < until) {
    writeFileSync(path, String(Date.now()));
    await sleep(10);
  }
  assert.ok(watched.documents.length > 1);
});

test("a directory that is deleted and made anew is watched again by the poll", async (t) => {
  const dir = join(directory(t), "config");
  const path = join(dir, "tenants.yaml");
  mkdirSync(dir);
  writeFileSync(path, "one");
  const watched = watching(t, fileSource(path, { pollMs: 50 }));
  await watched.has("one");
  rmSync(dir, { recursive: true });
  await watched.failed(/does not exist/);
  mkdirSync(dir);
  writeFileSync(path, "two");
  await watched.has("two");
});

test("what a file says twice is told once", async (t) => {
  const path = join(directory(t), "tenants.yaml");
  writeFileSync(path, "one");
  const watched = watching(t, fileSource(path, { pollMs: 40, quietMs: 10 }));
  await watched.has("one");
  writeFileSync(path, "one");
  await sleep(200);
  assert.equal(watched.documents.length, 1);
});
