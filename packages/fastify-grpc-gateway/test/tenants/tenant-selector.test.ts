import assert from "node:assert/strict";
import { test } from "node:test";
import { connectHttp2, grpcHeaders, requestHttp2 } from "../one-port/http-clients.ts";
import { plain } from "../one-port/server-shapes.ts";
import { namedServer, tenantApp, whoAmI } from "./tenant-app.ts";

const hostile: Record<string, () => unknown> = {
  "that throws": () => {
    throw new Error("no such host");
  },
  "that throws undefined": () => {
    throw undefined;
  },
  "that answers a number": () => 7,
  "that answers null": () => null,
  "that answers an empty name": () => "",
  "that answers no tenant": () => ({ prefix: "/v1" }),
  "that answers a tenant of another type": () => ({ tenant: { toString: () => "red" } }),
  "whose answer throws when it is read": () => ({
    get tenant() {
      throw new Error("hidden");
    },
  }),
  "that is async": async () => "red",
  "that rejects": async () => {
    throw new Error("late");
  },
  "with a prefix that the path does not have": () => ({ tenant: "red", prefix: "/acme" }),
  "with half a segment as its prefix": () => ({ tenant: "red", prefix: "/v" }),
  "with a prefix that ends with a slash": () => ({ tenant: "red", prefix: "/v1/" }),
  "with a prefix of another type": () => ({ tenant: "red", prefix: ["/v1"] }),
};

for (const [kind, tenant] of Object.entries(hostile)) {
  test(`a selector ${kind} is a 500 and INTERNAL, told in the log alone`, async (t) => {
    const lines: { level: number; msg: string }[] = [];
    const given = await tenantApp(
      t,
      { tenant: tenant as () => string },
      {
        log: (line) => void lines.push(JSON.parse(line)),
      },
    );
    await given.app.grpcGateway().tenants.set("red", { upstream: await namedServer("red") });
    for (const [protocol, ask] of Object.entries(given.asks("/v1/whoami"))) {
      lines.length = 0;
      assert.equal(await ask({}), protocol === "native" ? "INTERNAL" : "500", protocol);
      const errors = lines.filter(({ level }) => level >= 50);
      assert.deepEqual(
        errors.map(({ msg }) => msg),
        ["the tenant of the request could not be told"],
        protocol,
      );
    }
  });
}

test("a tenant that cannot be told is nothing to the app's own routes, and all to unknown calls", async (t) => {
  const given = await tenantApp(
    t,
    {
      tenant: () => {
        throw new Error("no");
      },
    },
    { after: (app) => void app.get("/own", async () => "own") },
  );
  const own = await given.app.inject("/own");
  assert.equal(own.body, "own");
  const session = connectHttp2(t, plain, given.port);
  for (const path of ["/nobody.v1.S/M", whoAmI]) {
    const answer = await requestHttp2(session, grpcHeaders(path), Buffer.alloc(5));
    assert.equal(answer.headers["grpc-status"], "13", path);
  }
  assert.equal((await given.app.inject({ method: "OPTIONS", url: "/v1/whoami" })).statusCode, 500);
});
