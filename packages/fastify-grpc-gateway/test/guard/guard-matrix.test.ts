import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { type FastifyGrpcGatewayOptions, refuse } from "fastify-grpc-gateway";
import { type Ask, askHttp1, askHttp2, askNative, guardedApp } from "./guarded-app.ts";

/** A way to guard an app, and what comes of a call: over HTTP, natively, and by `handlePath`. */
interface Guard {
  readonly name: string;
  readonly hooks?: (app: FastifyInstance) => void;
  readonly gateway?: Partial<FastifyGrpcGatewayOptions>;
  readonly sends: Readonly<Record<string, string>>;
  readonly http: string;
  readonly native: string;
  readonly path: string;
}

const needsToken = (app: FastifyInstance): void => {
  app.addHook("onRequest", async (request, reply) => {
    if (request.rpc && request.headers["x-token"] !== "ok") {
      reply.code(401);
      throw new Error("no token");
    }
  });
};

const setsUser = (app: FastifyInstance): void => {
  app.addHook("preHandler", async (request) => {
    request.headers["x-user"] = "alice";
  });
};

const guards: readonly Guard[] = [
  { name: "no guard at all", sends: { "x-user": "eve" }, http: "eve", native: "eve", path: "eve" },
  {
    name: "no credentials for a hook that asks for them",
    hooks: needsToken,
    sends: {},
    http: "401",
    native: "UNAUTHENTICATED",
    path: "401",
  },
  {
    name: "credentials for a hook that asks for them",
    hooks: needsToken,
    sends: { "x-token": "ok", "x-user": "bob" },
    http: "bob",
    native: "bob",
    path: "bob",
  },
  {
    name: "a hook that sends its refusal",
    hooks: (app) =>
      app.addHook("preValidation", async (_request, reply) =>
        reply.code(403).send({ message: "not you" }),
      ),
    sends: {},
    http: "403",
    native: "PERMISSION_DENIED",
    path: "403",
  },
  {
    name: "a forged identity",
    hooks: setsUser,
    sends: { "x-user": "mallory" },
    http: "alice",
    native: "alice",
    path: "alice",
  },
  {
    name: "an identity set by a hook",
    hooks: setsUser,
    sends: {},
    http: "alice",
    native: "alice",
    path: "alice",
  },
  {
    name: "an identity deleted by a hook",
    hooks: (app) =>
      app.addHook("onRequest", async (request) => {
        delete request.headers["x-user"];
      }),
    sends: { "x-user": "mallory" },
    http: "",
    native: "",
    path: "",
  },
  {
    name: "a policy that refuses",
    gateway: { policies: [() => refuse("PERMISSION_DENIED", "no")] },
    sends: {},
    http: "403",
    native: "PERMISSION_DENIED",
    path: "403",
  },
  {
    name: "a policy that throws",
    gateway: {
      policies: [
        () => {
          throw new Error("secret");
        },
      ],
    },
    sends: {},
    http: "500",
    native: "INTERNAL",
    path: "500",
  },
  {
    name: "an async policy that refuses by a hook's error",
    gateway: {
      policies: [
        async () => Promise.reject(Object.assign(new Error("slow down"), { statusCode: 429 })),
      ],
    },
    sends: {},
    http: "429",
    native: "RESOURCE_EXHAUSTED",
    path: "429",
  },
];

/** So does the option metadata. */
const optionSets: Guard = {
  name: "an identity set by the option metadata",
  gateway: { metadata: () => [["x-user", "alice"]] },
  sends: { "x-user": "mallory" },
  http: "alice",
  native: "alice",
  path: "mallory",
};

/** An entry that no call can carry must not let the client's pass. */
const optionFails: Guard = {
  name: "an identity that the option metadata cannot set",
  gateway: { metadata: () => [["x-user", "ali\nce"]] },
  sends: { "x-user": "mallory" },
  http: "500",
  native: "INTERNAL",
  path: "mallory",
};

/** Where a policy sets the identity, it is that of calls; a path handler sees what the client sent. */
const policySets: Guard = {
  name: "an identity set by a policy",
  gateway: { policies: [async () => ({ metadata: { "x-user": "alice" }, identity: "alice" })] },
  sends: { "x-user": "mallory" },
  http: "alice",
  native: "alice",
  path: "mallory",
};

type Ways = (t: TestContext, port: number) => Readonly<Record<string, [Ask, keyof Guard]>>;

const ways: Ways = (t, port) => ({
  "REST by HTTP/1.1": [askHttp1(port, "/v1/whoami"), "http"],
  "REST by HTTP/2": [askHttp2(t, port, "/v1/whoami"), "http"],
  "an annotated method": [askNative(t, port, "/guard.v1.Guarded/WhoAmI"), "native"],
  "a method without a rule": [askNative(t, port, "/guard.v1.Guarded/Unbound"), "native"],
  "a service without rules": [askNative(t, port, "/guard.v1.Hidden/WhoAmI"), "native"],
  "handlePath by HTTP/1.1": [askHttp1(port, "/v1/files/a"), "path"],
  "handlePath by HTTP/2": [askHttp2(t, port, "/v1/files/a"), "path"],
});

for (const preset of ["standard", "grpc-gateway"] as const) {
  for (const upstream of ["in-process", "passed on"] as const) {
    for (const guard of [...guards, policySets, optionSets, optionFails]) {
      test(`${guard.name}: the same by every way (${upstream}, preset ${preset})`, async (t) => {
        const { port } = await guardedApp(t, {
          upstream,
          ...(guard.hooks && { hooks: guard.hooks }),
          gateway: { preset, headers: { request: { allow: ["x-user"] } }, ...guard.gateway },
        });
        const outcomes: Record<string, string> = {};
        const expected: Record<string, unknown> = {};
        for (const [way, [ask, column]] of Object.entries(ways(t, port))) {
          outcomes[way] = await ask(guard.sends);
          expected[way] = guard[column];
        }
        assert.deepEqual(outcomes, expected);
      });
    }
  }
}
