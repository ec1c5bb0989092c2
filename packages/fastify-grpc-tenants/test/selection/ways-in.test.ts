import assert from "node:assert/strict";
import { test } from "node:test";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { clientsOf, type Naming, sendHttp1 } from "../clients.ts";
import { tenantsApp, twoShops, twoTenants } from "../tenants-app.ts";

const header = (id: string): Naming => ({ headers: { "x-tenant-id": id } });

const named: readonly [how: string, naming: Naming, tenant: string][] = [
  ["the header", header("pay"), "pay"],
  ["the header of another tenant", header("risk"), "risk"],
  ["a prefix", { prefix: "/pay" }, "pay"],
  ["another prefix", { prefix: "/risk" }, "risk"],
  ["a host", { host: "pay.example" }, "pay"],
  ["a host in capitals with a port", { host: "RISK.example:8443" }, "risk"],
  [
    "header, prefix and host of one mind",
    { ...header("pay"), prefix: "/pay", host: "pay.example" },
    "pay",
  ],
];

const unknown: readonly [how: string, naming: Naming][] = [
  ["no tenant at all", {}],
  ["a tenant that is not there", header("nobody")],
  ["an empty header", header("")],
  ["two tenants", header("pay, risk")],
  ["a tenant in capitals", header("Pay")],
  ["__proto__", header("__proto__")],
  ["constructor", header("constructor")],
  ["a header and another's prefix", { ...header("pay"), prefix: "/risk" }],
  ["a header and another's host", { ...header("pay"), host: "risk.example" }],
  ["a prefix and another's host", { prefix: "/pay", host: "risk.example" }],
  ["a header that nobody has, and a prefix", { ...header("nobody"), prefix: "/pay" }],
  ["a prefix in capitals", { prefix: "/PAY" }],
  ["the beginning of a prefix", { prefix: "/pa" }],
  ["more than a prefix", { prefix: "/payments" }],
  ["a prefix twice", { prefix: "/pay/pay" }],
  ["a prefix behind a slash", { prefix: "//pay" }],
  ["an escaped prefix", { prefix: "/%70ay" }],
  ["a host below a tenant's", { host: "www.pay.example" }],
];

for (const where of ["in-process", "passed on"] as const) {
  test(`requests find their tenant by header, prefix or host, by each protocol (${where})`, async (t) => {
    const { upstreams } = await twoShops(t, where);
    const { port } = await tenantsApp(t, { document: twoTenants(), options: { upstreams } });
    for (const [protocol, ask] of Object.entries(clientsOf(t, port))) {
      for (const [how, naming, tenant] of named) {
        assert.equal(await ask(naming), tenant, `${protocol}: ${how}`);
      }
      for (const [how, naming] of unknown) {
        const nowhere = protocol === "native" ? "UNIMPLEMENTED" : "404";
        assert.equal(await ask(naming), nowhere, `${protocol}: ${how}`);
      }
    }
  });
}

test("an unknown tenant is answered as an unknown path is", async (t) => {
  const { upstreams } = await twoShops(t, "in-process");
  const { port } = await tenantsApp(t, { document: twoTenants(), options: { upstreams } });
  const answer = async (naming: Naming, path = "/v1/who", method = "GET") => {
    const { status, headers, body } = await sendHttp1(port, naming, path, method);
    const { date: _date, ...rest } = headers;
    return { status, headers: rest, body };
  };
  const reference = await answer({}, "/v1/who");
  assert.match(reference.body, /Route GET:\/v1\/who not found/);
  for (const [how, naming] of unknown.filter(([, { prefix, host }]) => !prefix && !host)) {
    assert.deepEqual(await answer(naming), reference, how);
  }
  for (const method of ["POST", "OPTIONS", "DELETE"]) {
    const nobody = await answer(header("nobody"), "/v1/who", method);
    assert.deepEqual(nobody, await answer({}, "/v1/who", method), method);
    assert.equal(nobody.status, 404);
  }
});

test("a native call of an unknown tenant is answered as one of an unknown service is", async (t) => {
  const { upstreams } = await twoShops(t, "in-process");
  const { port } = await tenantsApp(t, { document: twoTenants(), options: { upstreams } });
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  t.after(() => client.close());
  const answer = (tenant?: string) =>
    new Promise<object>((resolve) => {
      const metadata = new Metadata();
      if (tenant !== undefined) metadata.set("x-tenant-id", tenant);
      const bytes = (value: Buffer): Buffer => value;
      client.makeUnaryRequest(
        "/shop.v1.Shop/Who",
        bytes,
        bytes,
        Buffer.alloc(0),
        metadata,
        (error) =>
          resolve({
            code: error?.code,
            details: error?.details,
            trailers: error?.metadata.toJSON(),
          }),
      );
    });
  const reference = await answer();
  for (const tenant of ["nobody", "__proto__", "pay, risk"]) {
    assert.deepEqual(await answer(tenant), reference);
  }
});

test("requests that name no tenant are the gateway's where it has an API, those that name an unknown one are not", async (t) => {
  const { upstreams, pay } = await twoShops(t, "in-process");
  const { files } = await tenantsApp(t, { document: twoTenants(), options: { upstreams } });
  const { port } = await tenantsApp(t, {
    document: twoTenants().replace("upstream: risk", "docs: true"),
    options: { upstreams, gateway: { proto: files.path("pay"), upstream: pay.server } },
  });
  for (const ask of Object.values(clientsOf(t, port))) {
    assert.equal(await ask(), "pay");
    assert.equal(await ask(header("risk")), "pay", "its API, by the gateway's upstream");
    assert.match(await ask(header("nobody")), /404|UNIMPLEMENTED/);
    assert.match(await ask({ prefix: "/pay", host: "risk.example" }), /404|UNIMPLEMENTED/);
  }
});

test("another header may name the tenant, or none", async (t) => {
  const { upstreams } = await twoShops(t, "in-process");
  const options = { upstreams, header: "x-shop" };
  const { port } = await tenantsApp(t, { document: twoTenants(), options });
  const without = await tenantsApp(t, {
    document: twoTenants(),
    options: { upstreams, header: false },
  });
  for (const ask of Object.values(clientsOf(t, port))) {
    assert.equal(await ask({ headers: { "x-shop": "pay" } }), "pay");
    assert.match(await ask(header("pay")), /404|UNIMPLEMENTED/);
  }
  for (const ask of Object.values(clientsOf(t, without.port))) {
    assert.match(await ask(header("pay")), /404|UNIMPLEMENTED/);
    assert.equal(await ask({ ...header("risk"), prefix: "/pay" }), "pay");
  }
});

test("a gateway's own prefix stands before those of tenants", async (t) => {
  const { upstreams } = await twoShops(t, "in-process");
  const options = { upstreams, gateway: { prefix: "/api" } };
  const { port } = await tenantsApp(t, { document: twoTenants(), options });
  const { http1, http2, native } = clientsOf(t, port);
  for (const ask of [http1, http2]) {
    assert.equal(await ask({ prefix: "/api/pay" }), "pay");
    assert.equal(await ask({ prefix: "/api", ...header("risk") }), "risk");
    assert.equal(await ask({ prefix: "/pay" }), "404");
  }
  assert.equal(await native(header("risk")), "risk");
});

test("a verified claim confirms a tenant, and selects none", async (t) => {
  const { upstreams } = await twoShops(t, "in-process");
  const { port } = await tenantsApp(t, {
    document: twoTenants(),
    options: { upstreams },
    before: (app) =>
      app.addHook("onRequest", async (request) => {
        const claim = request.headers["x-claim"];
        if (typeof claim === "string") request.rpc?.confirmTenant(claim);
      }),
  });
  const claim = (tenant: string, naming: Naming): Naming => ({
    ...naming,
    headers: { ...naming.headers, "x-claim": tenant },
  });
  for (const [protocol, ask] of Object.entries(clientsOf(t, port))) {
    const [refused, nowhere] =
      protocol === "native" ? ["PERMISSION_DENIED", "UNIMPLEMENTED"] : ["403", "404"];
    assert.equal(await ask(claim("pay", header("pay"))), "pay");
    assert.equal(await ask(claim("pay", header("risk"))), refused);
    assert.equal(await ask(claim("pay", { prefix: "/risk" })), refused);
    assert.equal(await ask(claim("pay", {})), nowhere);
  }
});
