import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { run } from "../../src/cli/run.ts";

const protoDir = fileURLToPath(new URL("../../../../proto", import.meta.url));

async function cli(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  let out = "";
  let error = "";
  const code = await run(args, {
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
  });
  return { code, out, error };
}

function dirOf(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), "grpc-openapi-"));
  t.after(() => rmSync(dir, { recursive: true }));
  return dir;
}

test("helps newcomers", async () => {
  const { code, out } = await cli("--help");
  assert.equal(code, 0);
  for (const name of ["emit", "diff", "check", "explain"]) {
    assert.match(out, new RegExp(`^  ${name} +\\w`, "m"));
    const help = await cli(name, "--help");
    assert.equal(help.code, 0);
    assert.match(help.out, new RegExp(`^Usage: grpc-openapi ${name} `));
    assert.equal((await cli("help", name)).out, help.out);
  }
});

test("tells its version", async () => {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(manifest);
  assert.deepEqual(await cli("--version"), { code: 0, out: `${version}\n`, error: "" });
});

test("tells where a descriptor set goes that is given as a proto", async (t) => {
  const path = join(dirOf(t), "api.binpb");
  writeFileSync(path, Uint8Array.of(10, 3, 10, 1, 97));
  const { code, error } = await cli("emit", path);
  assert.equal(code, 2);
  assert.ok(error.includes(`--descriptor-set ${path}`), error);
});

test("counts one finding in the singular", async (t) => {
  const path = join(dirOf(t), "a.proto");
  writeFileSync(
    path,
    `syntax = "proto3";
    package a;
    import "google/api/annotations.proto";
    message M {}
    service S {
      rpc Get(M) returns (M) { option (google.api.http) = { get: "/m" }; }
      rpc Lost(M) returns (M);
    }`,
  );
  const { out } = await cli("check", path);
  assert.match(out, /^1 operation, 1 finding$/m);
});

for (const [args, message] of [
  [["paint"], /no command "paint"/],
  [["emit"], /no API: name proto files/],
  [["emit", "--openapi", "2.0", protoDir], /"2.0" is none of 3.0, 3.1, 3.2/],
  [["emit", "--colour", protoDir], /Unknown option '--colour'/],
  [["emit", "no/such.proto"], /no\/such\.proto/],
  [["diff", "one.json"], /give two documents/],
  [["diff", "no.json", "such.json"], /no\.json: ENOENT/],
  [["check", "--lint", "all", protoDir], /--lint is "all"; give one of basic, comments/],
  [["explain", "GET", "v1", protoDir], /the URL "v1" is no path/],
] as const) {
  test(`exits with 2 for grpc-openapi ${args.join(" ")}`, async () => {
    const { code, error } = await cli(...args);
    assert.equal(code, 2);
    assert.match(error, message);
  });
}

test("emits JSON and YAML by the name of the file, in the version asked for", async (t) => {
  const file = join(dirOf(t), "openapi.yaml");
  const { code, out } = await cli("emit", protoDir, "--openapi", "3.1.0", "--prefix", "/api");
  assert.equal(code, 0);
  assert.equal(JSON.parse(out).openapi, "3.1.0");
  assert.ok(JSON.parse(out).paths["/api/v1/shelves"]);
  await cli("emit", protoDir, "--openapi", "3.1.0", "--prefix", "/api", "--out", file);
  assert.deepEqual(parse(readFileSync(file, "utf8")), JSON.parse(out));
});

test("emits what a configuration file says", async (t) => {
  const config = join(dirOf(t), "openapi.yaml");
  writeFileSync(config, "info: { title: Books }\njson: { naming: proto }\nstreamFormats: [sse]\n");
  const { out } = await cli("emit", protoDir, "--service", "library.v1.*", "--config", config);
  const document = JSON.parse(out);
  assert.equal(document.info.title, "Books");
  const list = document.paths["/v1/shelves"].get;
  assert.ok(list.parameters.some((one: { name: string }) => one.name === "page_size"));
  assert.equal(document.paths["/api/v1/math/sum"], undefined);
});

test("emits the document of an app", async (t) => {
  const module = join(dirOf(t), "app.mjs");
  writeFileSync(
    module,
    `export default async () => ({ ready: async () => {}, close: async () => {}, swagger: () => ({ openapi: "3.0.3", paths: { "/x": {} } }) });`,
  );
  const { code, out } = await cli("emit", "--app", module);
  assert.equal(code, 0);
  assert.deepEqual(Object.keys(JSON.parse(out).paths), ["/x"]);
});

test("fails for a breaking change, and reports it in Markdown", async (t) => {
  const dir = dirOf(t);
  const [before, after, report] = ["old.json", "new.json", "report.md"].map((name) =>
    join(dir, name),
  );
  await cli("emit", protoDir, "--out", before as string);
  const document = JSON.parse(readFileSync(before as string, "utf8"));
  assert.equal((await cli("diff", before as string, before as string)).code, 0);
  delete document.paths["/v1/shelves"].get;
  writeFileSync(after as string, JSON.stringify(document));
  const { code, out } = await cli(
    "diff",
    before as string,
    after as string,
    "--markdown",
    report as string,
  );
  assert.equal(code, 1);
  assert.match(
    out,
    /^breaking: GET \/v1\/shelves: the operation is gone .*\[operation-removed\]$/m,
  );
  assert.match(readFileSync(report as string, "utf8"), /^### Breaking \(1\)$/m);
  assert.equal((await cli("diff", after as string, before as string)).code, 0);
  const ignored = await cli(
    "diff",
    before as string,
    after as string,
    "--ignore",
    "operation-removed",
  );
  assert.equal(ignored.code, 0);
  assert.equal(
    (await cli("diff", before as string, after as string, "--fail-on", "never")).code,
    0,
  );
});

test("checks for what is missing, and for comments", async () => {
  const basic = await cli("check", protoDir);
  assert.equal(basic.code, 0, basic.out);
  const comments = await cli("check", protoDir, "--lint", "comments", "--format", "json");
  assert.equal(comments.code, 1);
  assert.ok(
    JSON.parse(comments.out).every(({ rule }: { rule: string }) => rule.endsWith("-comment")),
  );
});

test("explains where a request goes", async () => {
  const found = await cli("explain", "get", "/v1/shelves/1/books/2", protoDir);
  assert.equal(found.code, 0);
  assert.match(found.out, /library\.v1\.LibraryService\/GetBook/);
  assert.match(found.out, /operation: GET \/v1\/shelves\/\{shelf\}\/books\/\{book\}/);
  assert.equal((await cli("explain", "GET", "/nothing", protoDir)).code, 1);
});
