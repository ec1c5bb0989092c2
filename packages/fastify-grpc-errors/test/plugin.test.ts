import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import Fastify, { type FastifyInstance } from "fastify";
import fastifyGrpcErrors, {
  createErrorTable,
  type ErrorRule,
  type FastifyGrpcErrorsOptions,
  readTableFile,
} from "fastify-grpc-errors";
import { Code, StatusError } from "grpc-transcoding";
import { enterGateway, methodOf } from "./protos/shelves.ts";

function rule(when: ErrorRule["when"], outcome: ErrorRule["then"] = { status: 422 }): ErrorRule {
  // biome-ignore lint/suspicious/noThenProperty: the name that the option has
  return { when, then: outcome };
}

/** An app whose log lines are kept. */
function logged(t: TestContext): { app: FastifyInstance; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const stream = { write: (line: string) => lines.push(JSON.parse(line)) };
  const app = Fastify({ logger: { level: "info", stream } });
  t.after(() => app.close());
  return { app, lines };
}

async function readyApp(t: TestContext, options: FastifyGrpcErrorsOptions, gateway = true) {
  const { app, lines } = logged(t);
  if (gateway) enterGateway(app);
  await app.register(fastifyGrpcErrors, options);
  await app.ready();
  return { app, lines };
}

test("decorates the scope that registers it, and a child scope may have its own", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  await app.register(fastifyGrpcErrors, { codes: { NOT_FOUND: 410 } });
  await app.register(async (child) => {
    assert.equal(child.grpcErrors, app.grpcErrors);
  });
  await app.register(async (child) => {
    await child.register(fastifyGrpcErrors, { codes: { NOT_FOUND: 451 } });
    assert.notEqual(child.grpcErrors, app.grpcErrors);
  });
  const { statusCode } = app.grpcErrors.toHttp(new StatusError(Code.NOT_FOUND, ""), {});
  assert.equal(statusCode, 410);
});

test("the app's own handlers are left alone", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  app.setErrorHandler((_error, _request, reply) => reply.code(418).send("mine"));
  app.setNotFoundHandler((_request, reply) => reply.code(404).send("not mine"));
  await app.register(fastifyGrpcErrors);
  app.get("/x", async () => {
    throw new StatusError(Code.NOT_FOUND, "m");
  });
  assert.equal((await app.inject("/x")).body, "mine");
  assert.equal((await app.inject("/y")).body, "not mine");
});

test("a wrong option refuses the registration", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  await assert.rejects(async () => app.register(fastifyGrpcErrors, { codes: { NOT_FOUND: 200 } }), {
    code: "FST_GRPC_ERRORS_STATUS",
  });
});

const refusedOptions: [name: string, options: object, code: string, message: RegExp][] = [
  ["an unknown option", { tables: 1 }, "UNKNOWN_KEY", /option tables does not exist/],
  [
    "a renderer that is no function",
    { render: "x" },
    "OPTION",
    /option render is "x": give a function/,
  ],
  [
    "warnUndeclared that is no boolean",
    { warnUndeclared: 1 },
    "OPTION",
    /option warnUndeclared is 1/,
  ],
  ["a table that is a list", { table: [] }, "OPTION", /option table is \[\]/],
  [
    "a table file that is missing",
    { table: "none.yaml" },
    "FILE",
    /none.yaml cannot be used: ENOENT/,
  ],
];
for (const [name, options, code, message] of refusedOptions) {
  test(`refuses ${name}`, async (t) => {
    const app = Fastify();
    t.after(() => app.close());
    await assert.rejects(async () => app.register(fastifyGrpcErrors, options), {
      code: `FST_GRPC_ERRORS_${code}`,
      message,
    });
  });
}

const refusedWhenReady: [
  name: string,
  options: FastifyGrpcErrorsOptions,
  code: string,
  message: RegExp,
  gateway?: boolean,
][] = [
  [
    "a method that no gateway has",
    { rules: [rule({ method: "shelf.v1.Shelves/DropBook" })] },
    "METHOD",
    /option rules\[0\].when.method is "shelf.v1.Shelves\/DropBook": no gateway has such a method; there are shelf.v1.Shelves\/PutBook/,
  ],
  [
    "a prefix that fits nothing",
    { rules: [rule({ method: "shelf.v2.*" })] },
    "METHOD",
    /"shelf.v2.\*"/,
  ],
  [
    "a method in an app without a gateway",
    { rules: [rule({ method: "shelf.v1.*" })] },
    "METHOD",
    /no gateway of this app has any method/,
    false,
  ],
  [
    "a declaration for a method that no gateway has",
    { methods: { "shelf.v1.Shelves/DropBook": [] } },
    "METHOD",
    /option methods\["shelf.v1.Shelves\/DropBook"\]/,
  ],
  [
    "a tenant that is not known",
    { tenants: ["red", "blue"], rules: [rule({ tenant: "green" })] },
    "TENANT",
    /option rules\[0\].when.tenant is "green": no such tenant; known are red, blue/,
  ],
  [
    "405 without a route table",
    { codes: { UNIMPLEMENTED: 405 } },
    "ALLOW",
    /option codes.UNIMPLEMENTED is 405: 405 demands an Allow header/,
    false,
  ],
  [
    "a rule that others cover for each method",
    {
      rules: [
        rule({ method: "shelf.v1.Stock/*", code: 5 }),
        rule({ method: "shelf.v1.Stock/Count", code: 5 }, { status: 410 }),
      ],
    },
    "SHADOWED",
    /option rules\[0\] can never decide, .*\(rules\[1\]\): remove it/,
  ],
  [
    "a rule that others cover for each code",
    {
      rules: [
        rule({ reason: "SHELF_FULL" }),
        ...Object.values(Code)
          .slice(1)
          .map((code) => rule({ reason: "SHELF_FULL", code }, { status: 410 })),
      ],
    },
    "SHADOWED",
    /option rules\[0\] can never decide/,
  ],
];
for (const [name, options, code, message, gateway] of refusedWhenReady) {
  test(`refuses, once the app is ready, ${name}`, async (t) => {
    await assert.rejects(() => readyApp(t, options, gateway), {
      code: `FST_GRPC_ERRORS_${code}`,
      message,
    });
  });
}

test("a rule that others cover in part only is accepted", async (t) => {
  await readyApp(t, {
    rules: [
      rule({ method: "shelf.v1.Shelves/*", code: 5 }),
      rule({ method: "shelf.v1.Shelves/GetBook", code: 5 }, { status: 410 }),
      rule({ method: "shelf.v1.Stock/*" }, { status: 410, message: "m" }),
      rule({ method: "shelf.v1.Stock/Count" }, { status: 409 }),
    ],
  });
});

test("a reload is checked against the app as the first table was", async (t) => {
  const { app } = await readyApp(t, {});
  assert.throws(() => app.grpcErrors.reload({ rules: [rule({ method: "shelf.v2.*" })] }), {
    code: "FST_GRPC_ERRORS_METHOD",
  });
  app.grpcErrors.reload({ rules: [rule({ method: "shelf.v1.*" })] });
  assert.equal(app.grpcErrors.revision, 1);
});

test("a gateway that registers later is known when the app is ready", async (t) => {
  const { app } = logged(t);
  await app.register(fastifyGrpcErrors, { rules: [rule({ method: "shelf.v1.*" })] });
  enterGateway(app);
  await app.ready();
});

test("tenants that cannot be checked are logged", async (t) => {
  const { lines } = await readyApp(t, { rules: [rule({ tenant: "red" })] });
  assert.deepEqual(lines.map((line) => line.tenants).filter(Boolean), [["red"]]);
});

test("an undeclared code is logged once per method in development", async (t) => {
  const { app, lines } = await readyApp(t, {});
  const report = () =>
    app.grpcErrors.toHttp(new StatusError(Code.NOT_FOUND, ""), { method: methodOf("PutBook") });
  report();
  report();
  const methods = lines.map((line) => line.grpcMethod).filter(Boolean);
  assert.deepEqual(methods, ["/shelf.v1.Shelves/PutBook"]);
  const silent = await readyApp(t, { warnUndeclared: false });
  silent.app.grpcErrors.toHttp(new StatusError(Code.NOT_FOUND, ""), {
    method: methodOf("PutBook"),
  });
  assert.equal(silent.lines.length, 0);
});

test("a renderer that throws is logged", async (t) => {
  const render = () => {
    throw new Error("broken renderer");
  };
  const { app, lines } = await readyApp(t, { render });
  app.grpcErrors.toHttp(new StatusError(Code.NOT_FOUND, ""), {});
  assert.match(JSON.stringify(lines), /broken renderer/);
});

function tableFile(t: TestContext, name: string, text: string): string {
  const dir = mkdtempSync(join(tmpdir(), "grpc-errors-"));
  t.after(() => rmSync(dir, { recursive: true }));
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

test("a table file can be read by hand, and is checked where it is used", (t) => {
  const path = tableFile(t, "errors.yaml", "codes: { NOT_FOUND: 410 }");
  const { statusCode } = createErrorTable(readTableFile(path)).explain(
    new StatusError(Code.NOT_FOUND, ""),
  );
  assert.equal(statusCode, 410);
  const wrong = readTableFile(tableFile(t, "wrong.yaml", "- 1"));
  assert.throws(() => createErrorTable(wrong), { code: "FST_GRPC_ERRORS_OPTION" });
});

test("a table may come from YAML, and inline members replace its members", async (t) => {
  const yaml = `
preset: rest
codes:
  NOT_FOUND: 410
rules:
  - when: { reason: SHELF_FULL }
    then: { status: 409, headers: { x-why: full } }
`;
  const { app } = await readyApp(t, { table: tableFile(t, "errors.yaml", yaml), body: "problem" });
  const answer = app.grpcErrors.toHttp(new StatusError(Code.NOT_FOUND, ""), {});
  assert.equal(answer.statusCode, 410);
  assert.equal(answer.headers["content-type"], "application/problem+json");
  const { app: other } = await readyApp(t, {
    table: tableFile(t, "errors.json", '{"codes":{"NOT_FOUND":410}}'),
    codes: {},
  });
  assert.equal(other.grpcErrors.toHttp(new StatusError(Code.NOT_FOUND, ""), {}).statusCode, 404);
});

const brokenFiles: [name: string, text: string, code: string, message: RegExp][] = [
  ["a syntax error", "codes:\n  NOT_FOUND: [404\n", "FILE", /errors.yaml:\d+:\d+ cannot be used/],
  [
    "a key given twice",
    "body: status\nbody: google\n",
    "FILE",
    /errors.yaml:2:1 cannot be used: Map keys must be unique/,
  ],
  [
    "an unknown tag",
    "body: !!js/function 'x'\n",
    "FILE",
    /errors.yaml:1:7 cannot be used: Unresolved tag/,
  ],
  [
    "a text for a status",
    "codes:\n  NOT_FOUND: '404'\n",
    "STATUS",
    /option codes.NOT_FOUND is "404"/,
  ],
  ["no mapping", "- a\n", "OPTION", /option table is \["a"\]: give an object/],
  ["__proto__", "__proto__: { body: google }\n", "UNKNOWN_KEY", /option __proto__ does not exist/],
];
for (const [name, text, code, message] of brokenFiles) {
  test(`refuses a table file with ${name}`, async (t) => {
    const table = tableFile(t, "errors.yaml", text);
    await assert.rejects(() => readyApp(t, { table }), {
      code: `FST_GRPC_ERRORS_${code}`,
      message,
    });
  });
}

test("require() of the built package would answer the plugin itself", async () => {
  const exported = await import("fastify-grpc-errors");
  assert.equal(exported["module.exports"], exported.default);
  assert.equal(exported.fastifyGrpcErrors, exported.default);
});
