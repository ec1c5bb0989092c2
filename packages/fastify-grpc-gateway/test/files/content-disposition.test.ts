import assert from "node:assert/strict";
import { test } from "node:test";
import { disposition, FileStore, filesApp } from "./files-service.ts";

const paths = ["/v1/get/a", "/v1/get-nested/a", "/v1/read/a", "/v1/read-nested/a"];
const data = Buffer.from("x");

for (const [name, expected] of [
  ["report.pdf", 'attachment; filename="report.pdf"'],
  [
    "naïve file.txt",
    "attachment; filename=\"na_ve file.txt\"; filename*=UTF-8''na%C3%AFve%20file.txt",
  ],
  [
    "日本語.txt",
    "attachment; filename=\"___.txt\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC%E8%AA%9E.txt",
  ],
  ["😀.png", "attachment; filename=\"_.png\"; filename*=UTF-8''%F0%9F%98%80.png"],
  ['a"b%41.txt', "attachment; filename=\"a_b_41.txt\"; filename*=UTF-8''a%22b%2541.txt"],
  ["it's (1)*.txt", 'attachment; filename="it\'s (1)*.txt"'],
  [
    "ü's (1)*.txt",
    "attachment; filename=\"_'s (1)*.txt\"; filename*=UTF-8''%C3%BC%27s%20%281%29%2A.txt",
  ],
  ["../../etc/passwd", 'attachment; filename=".._.._etc_passwd"'],
  ["C:\\boot.ini", 'attachment; filename="C:_boot.ini"'],
  ["a\r\nset-cookie: b=c", 'attachment; filename="aset-cookie: b=c"'],
  ["harm\u202egpj.exe", 'attachment; filename="harmgpj.exe"'],
  ["..", "attachment"],
  ["", "attachment"],
  [`${"a".repeat(300)}.txt`, `attachment; filename="${"a".repeat(251)}.txt"`],
] as const) {
  test(`a file that names itself ${JSON.stringify(name.slice(0, 30))} is saved under that name`, async (t) => {
    const store = new FileStore();
    store.files.set("a", { parts: [{ data, extensions: [disposition(name)] }, { data }] });
    const app = await filesApp(t, store);
    for (const path of paths) {
      const { headers } = await app.inject(path);
      assert.equal(headers["content-disposition"], expected, path);
      assert.equal(headers["set-cookie"], undefined);
    }
  });
}

test("a file may ask to be shown in place; other extensions say nothing", async (t) => {
  const store = new FileStore();
  const other = { type_url: "type.googleapis.com/google.rpc.Status", value: Buffer.from([1]) };
  store.files.set("a", { parts: [{ data, extensions: [other, disposition("a.png", true)] }] });
  store.files.set("b", { parts: [{ data, extensions: [other] }] });
  const app = await filesApp(t, store);
  const named = await app.inject("/v1/read/a");
  assert.equal(named.headers["content-disposition"], 'inline; filename="a.png"');
  const unnamed = await app.inject("/v1/read/b");
  assert.equal(unnamed.headers["content-disposition"], undefined);
});

test("an extension that is malformed is the upstream's failure, with nothing of the file in its answer", async (t) => {
  const store = new FileStore();
  const broken = { ...disposition(""), value: Buffer.from([0x0a, 0x7f]) };
  const metadata = { "content-disposition": "attachment" };
  store.files.set("a", { parts: [{ data, extensions: [broken] }], metadata });
  const app = await filesApp(t, store);
  for (const path of paths) {
    const response = await app.inject(path);
    assert.equal(response.statusCode, 502, path);
    assert.match(String(response.headers["content-type"]), /^application\/json/);
    assert.equal(response.headers["content-disposition"], undefined);
  }
});

test("the metadata content-disposition is the header of a file, unless the file names itself", async (t) => {
  const store = new FileStore();
  const metadata = { "content-disposition": 'attachment; filename="m.txt"' };
  store.files.set("a", { parts: [{ data }], metadata });
  store.files.set("b", { parts: [{ data, extensions: [disposition("e.txt")] }], metadata });
  const app = await filesApp(t, store);
  for (const path of paths) {
    const { headers } = await app.inject(path);
    assert.equal(headers["content-disposition"], metadata["content-disposition"], path);
  }
  const own = await app.inject("/v1/read/b");
  assert.equal(own.headers["content-disposition"], 'attachment; filename="e.txt"');
});

test("the metadata content-disposition is none of an answer that is no file, nor where it is denied", async (t) => {
  const store = new FileStore();
  const metadata = { "content-disposition": "attachment" };
  store.files.set("a", { parts: [{ data }], metadata });
  store.files.set("b", { parts: [], metadata, failure: { code: 5, details: "none" } });
  const app = await filesApp(t, store);
  for (const path of ["/v1/read/b", "/v1/get/b"]) {
    const failed = await app.inject(path);
    assert.equal(failed.statusCode, 404);
    assert.equal(failed.headers["content-disposition"], undefined);
  }
  const denying = await filesApp(t, store, "in-process", {
    headers: { response: { deny: ["content-disposition"] } },
  });
  const denied = await denying.inject("/v1/read/a");
  assert.equal(denied.headers["content-disposition"], undefined);
});

test('the preset "grpc-gateway" passes the metadata under its own name', async (t) => {
  const store = new FileStore();
  store.files.set("a", { parts: [{ data }], metadata: { "content-disposition": "attachment" } });
  const app = await filesApp(t, store, "in-process", { preset: "grpc-gateway" });
  const { headers } = await app.inject("/v1/read/a");
  assert.equal(headers["content-disposition"], undefined);
  assert.equal(headers["grpc-metadata-content-disposition"], "attachment");
});
