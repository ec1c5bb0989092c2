import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { callNative, demoTenants, send } from "../tenants/demo-tenants.ts";

const page = readFileSync(new URL("../../../../docs/scaling.md", import.meta.url), "utf8");

/** The page's block of a language, with ports and hosts of the test. */
function configuration(language: string, places: Readonly<Record<string, string>>): string {
  let text = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "ms").exec(page)?.[1];
  assert.ok(text, `no ${language} in the page`);
  for (const [from, to] of Object.entries(places)) {
    assert.ok(text.includes(from), `no ${from} in the page's ${language}`);
    text = text.replaceAll(from, to);
  }
  return text;
}

/** Why tests with a program are skipped, or false. */
function without(program: string, flag: string): string | false {
  return spawnSync(program, [flag]).error === undefined ? false : `there is no ${program}`;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

interface ReadyApp {
  readonly app: FastifyInstance;
  readonly port: number;
  /** The page's way to end a process. */
  readonly end: (noticeMs: number) => Promise<void>;
}

/** A demo with the page's readiness and ending. */
async function readyApp(t: TestContext): Promise<ReadyApp> {
  let end: ReadyApp["end"] | undefined;
  const { app, port } = await demoTenants(t, (made) => {
    const code = configuration("js", {});
    const handlers: object = { once() {} };
    end = new Function("app", "process", `${code}\nreturn end;`)(made, handlers);
  });
  assert.ok(end);
  return { app, port, end };
}

function directory(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), "proxy-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Runs a proxy until the test ends; resolves once it answers. */
async function run(t: TestContext, program: string, args: string[], port: number): Promise<void> {
  const child = spawn(program, args, { stdio: "ignore" });
  t.after(async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
  });
  for (let i = 0; i < 500; i += 1) {
    const isUp = await send(port, "/ready").then(
      ({ status }) => status === 200,
      () => false,
    );
    if (isUp) return;
    await wait(20);
  }
  throw new Error(`${program} does not answer`);
}

/** REST and native calls of the library and of a tenant. */
async function callAll(t: TestContext, port: number, nativePort = port): Promise<string[]> {
  const assessment = { amount: "990000", cardCountry: "DE", buyerCountry: "US" };
  const [shelves, assessed] = await Promise.all([
    send(port, "/v1/shelves"),
    send(port, "/v1/assessments", { body: assessment, headers: { host: "risk.localhost" } }),
  ]);
  return [
    String(shelves.status),
    String(assessed.status),
    await callNative(t, nativePort, "/library.v1.LibraryService/ListShelves"),
    await callNative(t, nativePort, "/risk.v1.Assessments/Assess", { authority: "risk.localhost" }),
  ];
}

const served = ["200", "200", "OK", "INVALID_ARGUMENT"];

test("HAProxy takes the page's lines, serves all protocols by them, and no request fails when a process ends", {
  skip: without("haproxy", "-v"),
}, async (t) => {
  const [one, two] = [await readyApp(t), await readyApp(t)];
  const port = await freePort();
  const file = join(directory(t), "haproxy.cfg");
  writeFileSync(
    file,
    configuration("haproxy", {
      "bind :8080": `bind 127.0.0.1:${port}`,
      "app1:8080": `127.0.0.1:${one.port}`,
      "app2:8080": `127.0.0.1:${two.port}`,
    }),
  );
  execFileSync("haproxy", ["-c", "-f", file], { stdio: "pipe" });
  await run(t, "haproxy", ["-db", "-f", file], port);
  assert.deepEqual(await callAll(t, port), served);

  let isEnding = true;
  t.after(() => {
    isEnding = false;
  });
  const seen = new Map<string, number>();
  const load = [1, 2, 3].map(async (n) => {
    while (isEnding) {
      const outcome =
        n === 3
          ? await callNative(t, port, "/library.v1.LibraryService/ListShelves")
          : String((await send(port, "/v1/shelves")).status);
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
    }
  });
  // More than two checks that fail, a second apart.
  const ending = one.end(4_000);
  assert.equal((await send(one.port, "/ready")).status, 503);
  await ending;
  isEnding = false;
  await Promise.all(load);
  assert.deepEqual([...seen.keys()].sort(), ["200", "OK"]);
  assert.deepEqual(await callAll(t, port), served);
});

test("nginx takes the page's lines, and serves all protocols by them", {
  skip: without("nginx", "-v"),
}, async (t) => {
  const [one, two] = [await readyApp(t), await readyApp(t)];
  const [port, nativePort] = [await freePort(), await freePort()];
  const dir = directory(t);
  const site = configuration("nginx", {
    "listen 8080;": `listen 127.0.0.1:${port};`,
    "listen 8081 http2;": `listen 127.0.0.1:${nativePort} http2;`,
    "app1:8080": `127.0.0.1:${one.port}`,
    "app2:8080": `127.0.0.1:${two.port}`,
  });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${dir}/${name};`)
    .join("\n");
  const file = join(dir, "nginx.conf");
  writeFileSync(
    file,
    `daemon off; pid ${dir}/pid; error_log ${dir}/error.log; events {}\nhttp { access_log off; ${temporary}\n${site} }`,
  );
  execFileSync("nginx", ["-t", "-q", "-c", file, "-e", join(dir, "error.log")], { stdio: "pipe" });
  await run(t, "nginx", ["-c", file, "-e", join(dir, "error.log")], port);
  assert.deepEqual(await callAll(t, port, nativePort), served);
});
