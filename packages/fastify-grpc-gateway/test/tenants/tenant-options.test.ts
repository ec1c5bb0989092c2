import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { FastifyInstance, InjectOptions } from "fastify";
import {
  type FastifyGrpcGatewayOptions,
  loadSchema,
  type TenantOptions,
  type Upstream,
} from "fastify-grpc-gateway";
import { createErrorMapper } from "../error-mapper.ts";
import { remoteShop, shopApp, shopProto, shopServer } from "../shop.ts";
import { byHeader, namedServer, tenantApp } from "./tenant-app.ts";
import { clientsOf } from "./tenant-clients.ts";

/** A shop whose gateway has tenants. */
function tenantShop(t: TestContext, options: Partial<FastifyGrpcGatewayOptions> = {}) {
  return shopApp(t, { tenant: byHeader, ...options });
}

async function ask(app: FastifyInstance, request: InjectOptions | string, tenant?: string) {
  const { headers, ...rest } = typeof request === "string" ? { url: request } : request;
  const claim = tenant === undefined ? {} : { "x-tenant": tenant };
  return app.inject({ ...rest, headers: { ...headers, ...claim } });
}

/** What a tenant with an option is answered, beside the answer without. */
interface Case {
  readonly options: TenantOptions;
  readonly request: InjectOptions | string;
  readonly tenants: string;
  readonly gateways: string;
  /** Of the gateway. */
  readonly gateway?: Partial<FastifyGrpcGatewayOptions>;
}

const item = '{"name":"items/1","price":"0","picture":"","tags":[]}';
const small = '{"name":"items/1"}';
const json = { "content-type": "application/json" };
const unbound = [{ selector: "shop.v1.Shop.Unbound", get: "/v1/other/{name}" }];
const patch: InjectOptions = {
  method: "PATCH",
  url: "/v1/items/1",
  headers: json,
  payload: '{"name":"items/2"}',
};
const create = (bytes: number): InjectOptions => ({
  method: "POST",
  url: "/v1/items?item_id=1",
  headers: json,
  payload: JSON.stringify({ tags: ["x".repeat(bytes)] }),
});

const cases: Record<string, Case> = {
  "json, member by member": {
    gateway: { json: { emit: "set" } },
    options: { json: { unknownFields: "ignore" } },
    request: { ...create(0), payload: '{"price":"1","no":1}' },
    tenants: '200 {"name":"items/1","price":"1"}',
    gateways: "400",
  },
  "json.emit": {
    options: { json: { emit: "set" } },
    request: "/v1/items/1",
    tenants: `200 ${small}`,
    gateways: `200 ${item}`,
  },
  unknownQuery: {
    options: { unknownQuery: "ignore" },
    request: "/v1/items/1?no=1",
    tenants: `200 ${item}`,
    gateways: "400",
  },
  pathBodyConflict: {
    options: { pathBodyConflict: "reject" },
    request: patch,
    tenants: "400",
    gateways: `200 ${item}`,
  },
  rules: {
    options: { rules: unbound },
    request: "/v1/other/1",
    tenants: `200 ${item.replace("items/1", "1")}`,
    gateways: "404",
  },
  rulesMode: {
    options: {
      rules: [{ selector: "shop.v1.Shop.GetItem", get: "/v1/only/{name=items/*}" }],
      rulesMode: "override",
    },
    request: "/v1/items/1",
    // The path has other methods.
    tenants: "405",
    gateways: `200 ${item}`,
  },
  generateUnboundMethods: {
    options: { generateUnboundMethods: true },
    request: { method: "POST", url: "/shop.v1.Shop/Unbound", payload: "{}", headers: json },
    tenants: `200 ${item.replace("items/1", "")}`,
    gateways: "404",
  },
  "deadline.defaultMs": {
    gateway: { deadline: { defaultMs: 60_000, methods: { "shop.v1.Shop.Count": 20 } } },
    options: { deadline: { defaultMs: 10 } },
    request: "/v1/items/1:wait",
    tenants: "504",
    gateways: "",
  },
  "deadline.methods": {
    options: { deadline: { methods: { "shop.v1.Shop.Wait": 10 } } },
    request: "/v1/items/1:wait",
    tenants: "504",
    gateways: "",
  },
  "limits.maxBodyBytes": {
    options: { limits: { maxBodyBytes: 50 } },
    request: create(60),
    tenants: "413",
    gateways: "200",
  },
  "limits.maxRequestBytes": {
    options: { limits: { maxRequestBytes: 4 } },
    request: "/v1/items/1",
    tenants: "429",
    gateways: `200 ${item}`,
  },
  "limits.maxResponseBytes": {
    options: { limits: { maxResponseBytes: 4 } },
    request: "/v1/items/1",
    tenants: "502",
    gateways: `200 ${item}`,
  },
  "streaming.formats": {
    options: { streaming: { formats: ["json-array"] } },
    request: "/v1/items:count?limit=1",
    tenants: `200 [${item}]`,
    gateways: `200 ${item}\n`,
  },
  preset: {
    options: { preset: "grpc-gateway" },
    request: "/v1/items:count?limit=1&no=1",
    tenants: `200 {"result":${item}}\n`,
    gateways: "400",
  },
  "a preset, with an option": {
    options: { preset: "grpc-gateway", unknownQuery: "reject" },
    request: "/v1/items/1?no=1",
    tenants: "400",
    gateways: "400",
  },
  errors: {
    options: { errors: createErrorMapper(418) },
    request: {
      method: "POST",
      url: "/v1/items:fail",
      headers: json,
      payload: '{"code":5,"message":"no"}',
    },
    tenants: "418",
    gateways: "404",
  },
};

const upstreams: Record<string, (t: TestContext) => Promise<Upstream | undefined>> = {
  "the gateway's upstream": async () => undefined,
  "an upstream in this process": async () => shopServer(),
  "an upstream elsewhere": (t) => remoteShop(t),
};

const apis: Record<string, TenantOptions> = {
  "the gateway's API": {},
  "its own API": { source: { proto: shopProto } },
};

for (const [api, ownApi] of Object.entries(apis)) {
  for (const [kind, upstreamOf] of Object.entries(upstreams)) {
    test(`each option of a tenant with ${api} and ${kind} is its own, and what it leaves out the gateway's`, async (t) => {
      for (const [name, { gateway, options, request, tenants, gateways }] of Object.entries(
        cases,
      )) {
        const app = await tenantShop(t, gateway);
        const upstream = await upstreamOf(t);
        const given = { ...ownApi, ...options, ...(upstream && { upstream }) };
        await app.grpcGateway().tenants.set("red", given);
        // As much of the answer as is expected.
        const told = async (tenant: string, expected: string) => {
          const { statusCode, body } = await ask(app, request, tenant);
          const whole = `${statusCode} ${body}`;
          return expected.includes(" ") ? whole : whole.slice(0, expected.length);
        };
        assert.equal(await told("red", tenants), tenants, name);
        if (gateways !== "") assert.equal(await told("blue", gateways), gateways, name);
        await app.close();
      }
    });
  }
}

test("a tenant's headers are its own, in both directions", async (t) => {
  const app = await tenantShop(t);
  await app.grpcGateway().tenants.set("red", { headers: { response: { deny: ["x-shelf"] } } });
  assert.equal((await ask(app, "/v1/items/1", "red")).headers["x-shelf"], undefined);
  assert.equal((await ask(app, "/v1/items/1")).headers["x-shelf"], "12");
});

test("a tenant's error table answers all that fails on its requests: routes, hooks, policies, bodies, calls, its stop", async (t) => {
  const app = await tenantShop(t, {
    notFound: "table",
    policies: [
      ({ headers }) => {
        if (headers["x-refuse"] === "policy") throw new Error("no");
      },
    ],
  });
  const { tenants } = app.grpcGateway();
  app.addHook("preHandler", async ({ headers }) => {
    if (headers["x-refuse"] === "hook") throw new Error("no");
  });
  await tenants.set("red", { errors: createErrorMapper(418), limits: { maxBodyBytes: 10 } });
  const failing: [InjectOptions, status: number][] = [
    [{ url: "/v1/nothing" }, 404],
    [{ url: "/v1/items/1", method: "DELETE" }, 405],
    [{ url: "/v1/items/1", headers: { "x-refuse": "hook" } }, 500],
    [{ url: "/v1/items/1", headers: { "x-refuse": "policy" } }, 500],
    [{ url: "/v1/items/1?no=1" }, 400],
    [create(100), 200],
  ];
  for (const [request, gateways] of failing) {
    assert.equal((await ask(app, request, "red")).statusCode, 418, request.url as string);
    assert.equal((await ask(app, request, "blue")).statusCode, gateways, request.url as string);
  }
  await tenants.stop("red");
  assert.equal((await ask(app, "/v1/items/1", "red")).statusCode, 418);
});

test("a tenant's policies run after the gateway's, and its interceptors inside the gateway's, for its calls alone", async (t) => {
  const seen: string[] = [];
  const policy = (name: string) => () => void seen.push(`policy ${name}`);
  const interceptor =
    (name: string): NonNullable<TenantOptions["interceptors"]>[number] =>
    (next) => ({
      ...next,
      start(call, receiver) {
        seen.push(`interceptor ${name}`);
        return next.start(call, receiver);
      },
    });
  for (const hasOwn of [true, false]) {
    const given = await tenantApp(t, {
      policies: [policy("gateway")],
      interceptors: [interceptor("gateway")],
    });
    const upstream = await namedServer("red");
    await given.app.grpcGateway().tenants.set("red", {
      ...(hasOwn && { upstream }),
      policies: [policy("first"), policy("second")],
      interceptors: [interceptor("outer"), interceptor("inner")],
    });
    for (const [protocol, asks] of Object.entries(clientsOf(t, given.port))) {
      seen.length = 0;
      assert.equal((await asks("red")).user, hasOwn ? "red" : "own", protocol);
      assert.deepEqual(seen, [
        "policy gateway",
        "policy first",
        "policy second",
        "interceptor gateway",
        "interceptor outer",
        "interceptor inner",
      ]);
      seen.length = 0;
      await asks("blue");
      assert.deepEqual(seen, ["policy gateway", "interceptor gateway"], protocol);
    }
  }
});

test("a tenant's policy guards the handlers of handlePath that it shares with the gateway", async (t) => {
  const app = await tenantShop(t);
  const refusing = () => {
    throw Object.assign(new Error("no"), { statusCode: 403 });
  };
  await app.grpcGateway().tenants.set("red", { policies: [refusing], json: { emit: "set" } });
  app.grpcGateway().handlePath("GET", "/v1/mine", async () => "mine");
  assert.equal((await ask(app, "/v1/mine", "red")).statusCode, 403);
  assert.equal((await ask(app, "/v1/mine", "blue")).body, "mine");
});

test("what a hook answers a native call of a tenant has the code of the tenant's error table", async (t) => {
  const given = await tenantApp(
    t,
    {},
    {
      before: (app) => app.addHook("onRequest", async (_request, reply) => reply.code(403).send()),
    },
  );
  const errors = { ...createErrorMapper(418), codeOf: () => 10 as const };
  await given.app.grpcGateway().tenants.set("red", { errors });
  const { native } = clientsOf(t, given.port);
  assert.equal((await native("red")).status, "grpc 10");
  assert.equal((await native("blue")).status, "grpc 7");
});

test("tenants with the gateway's API and options of their own follow its reloads and handlers, which are refused where they do not fit", async (t) => {
  const clock = await loadSchema({ proto: shopProto }, { services: ["shop.v1.Clock"] });
  const app = await tenantShop(t, { proto: undefined, schema: clock } as object);
  const { tenants } = app.grpcGateway();
  await tenants.set("red", { unknownQuery: "ignore" });
  const hour = [{ selector: "shop.v1.Clock.GetTime", get: "/v1/hour" }];
  await tenants.set("blue", { rules: hour });
  const gateway = app.grpcGateway();
  gateway.handlePath("GET", "/v1/mine", async () => "mine");
  assert.throws(() => gateway.handlePath("GET", "/v1/hour", async () => "mine"), {
    code: "FST_GRPC_CONFLICT",
  });
  await app.ready();
  assert.deepEqual((await ask(app, "/v1/time?no=1", "red")).json(), { hour: 12 });
  assert.equal((await ask(app, "/v1/items/1?no=1", "red")).statusCode, 404);
  await gateway.reload({ proto: shopProto });
  assert.equal((await ask(app, "/v1/items/1?no=1", "red")).statusCode, 200);
  for (const tenant of ["red", "blue"]) {
    assert.equal((await ask(app, "/v1/mine", tenant)).body, "mine");
  }
  assert.deepEqual((await ask(app, "/v1/time?no=1", "red")).json(), { hour: 12 });
  assert.deepEqual((await ask(app, "/v1/hour", "blue")).json(), { hour: 12 });
  assert.equal((await ask(app, "/v1/hour", "red")).statusCode, 404);
});

test("a change of a tenant that was prepared before its gateway's routes changed fits what they are then, or is refused", async (t) => {
  const app = await tenantShop(t);
  const gateway = app.grpcGateway();
  const { tenants } = gateway;
  const ignore = await tenants.prepare("red", { unknownQuery: "ignore" });
  const unfit = await tenants.prepare("blue", {
    rules: [{ selector: "shop.v1.Clock.GetTime", get: "/v1/hour" }],
  });
  assert.deepEqual(tenants.names, []);
  gateway.handlePath("GET", "/v1/hour", async () => "mine");
  ignore.commit();
  assert.equal((await ask(app, "/v1/hour", "red")).body, "mine");
  assert.throws(() => unfit.commit(), { code: "FST_GRPC_CONFLICT" });
  assert.throws(() => ignore.commit(), { code: "FST_GRPC_OPTION" });
  assert.deepEqual(tenants.names, ["red"]);
});

const refused: Record<string, [TenantOptions | object, RegExp]> = {
  "a value that the gateway refuses": [{ json: { emit: "no" } }, /"tenant\.json\.emit" must be/],
  "an unknown member": [{ json: { no: 1 } }, /unknown option "tenant\.json\.no"/],
  "an option that is the gateway's alone": [{ onePort: {} }, /unknown option "tenant\.onePort"/],
  "another preset": [{ preset: "no" }, /"tenant\.preset" must be/],
  "no list of policies": [{ policies: {} }, /"tenant\.policies" must be/],
  "no error table": [{ errors: {} }, /"tenant\.errors" must be/],
  "a prefix that is none": [{ prefix: "a/" }, /"tenant\.prefix" must be/],
  "a body limit over the gateway's": [
    { limits: { maxBodyBytes: 2 ** 30 } },
    /"tenant\.limits\.maxBodyBytes" is 1073741824, and the gateway's own limit/,
  ],
  "a deadline for a method that it does not have": [
    { deadline: { methods: { "no.Method": 1 } } },
    /"deadline\.methods": "no\.Method" is no method/,
  ],
  "a rule for nothing": [
    { rules: [{ selector: "shop.v1.Shop.GetItem", get: "/v1/{no}" }] },
    /GetItem/,
  ],
};

for (const [kind, [options, message]] of Object.entries(refused)) {
  test(`a tenant with ${kind} is refused, and its former generation goes on`, async (t) => {
    const app = await tenantShop(t);
    const { tenants } = app.grpcGateway();
    await tenants.set("red", { json: { emit: "set" } });
    const before = tenants.status("red");
    await assert.rejects(tenants.set("red", options), (error: Error) => {
      assert.match(error.message, message);
      return true;
    });
    assert.deepEqual(tenants.status("red"), before);
    assert.equal((await ask(app, "/v1/items/1", "red")).body, small);
  });
}
