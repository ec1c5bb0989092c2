import assert from "node:assert/strict";
import { test } from "node:test";
import { clientsOf, sendHttp1 } from "../clients.ts";
import { shopProto } from "../shop.ts";
import { tenantsApp, twoShops, twoTenants } from "../tenants-app.ts";
import { until } from "../until.ts";

/** A generation in which all is of one service: who fails, with which status, under which CORS. */
function generation(of: "pay" | "risk"): string {
  const status = of === "pay" ? 451 : 452;
  return `tenants:
  - id: shop
    prefix: /shop
    proto_path: ${of}
    upstream: ${of}
    errors: { codes: { NOT_FOUND: ${status} } }
  - id: other
    prefix: /other
    proto_path: pay
    upstream: pay
`;
}

test("reloads under load fail no request, and no answer is of two generations", async (t) => {
  const { upstreams } = await twoShops(t, "in-process");
  const made = await tenantsApp(t, { document: generation("pay"), options: { upstreams } });
  const { app, port, write } = made;
  const clients = clientsOf(t, port);
  let stops = false;
  const seen = new Map<string, number>();
  const see = (answer: string): void => void seen.set(answer, (seen.get(answer) ?? 0) + 1);
  const failing = async (): Promise<void> => {
    while (!stops) {
      const { status, body } = await sendHttp1(port, { prefix: "/shop" }, "/v1/who?ask=5");
      see(`${status} ${JSON.parse(body).message}`);
    }
  };
  const asking = async (ask: (typeof clients)["http1"], prefix: string): Promise<void> => {
    while (!stops) see(`${prefix} ${await ask({ prefix })}`);
  };
  const load = [
    failing(),
    failing(),
    ...Object.values(clients).flatMap((ask) => [asking(ask, "/shop"), asking(ask, "/other")]),
  ];
  for (let i = 0; i < 30; i += 1) {
    const { revision } = app.grpcTenants.status();
    write(i % 2 === 0 ? generation("risk") : generation("pay"));
    await until(
      () => app.grpcTenants.status().revision !== revision,
      () => `reload ${i}`,
    );
  }
  stops = true;
  await Promise.all(load);
  assert.deepEqual([...seen.keys()].sort(), [
    "/other pay",
    "/shop pay",
    "/shop risk",
    "451 told to fail by pay",
    "452 told to fail by risk",
  ]);
  await until(
    () => app.grpcTenants.status("shop")?.inFlight === 0,
    () => "still in flight",
  );
  const [shop, other] = app.grpcTenants.status().tenants;
  assert.ok((shop?.generation ?? 0) >= 30);
  assert.equal(other?.generation, 2);
});

test("whatever becomes of one tenant, another fails no request", async (t) => {
  const { upstreams, pay } = await twoShops(t, "passed on");
  const own =
    "    limits: { calls: { capacity: 20, refill_per_second: 0 } }\n    breaker: { consecutive_failures: 3 }";
  const { app, port, files, write } = await tenantsApp(t, {
    document: twoTenants(own),
    options: { upstreams },
  });
  const clients = clientsOf(t, port);
  let stops = false;
  const seen = new Map<string, number>();
  const load = Object.values(clients).map(async (ask) => {
    while (!stops) {
      const answer = await ask({ prefix: "/risk" });
      seen.set(answer, (seen.get(answer) ?? 0) + 1);
    }
  });
  const askPay = async (times: number, path?: string): Promise<Set<string>> => {
    const answers = new Set<string>();
    for (let i = 0; i < times; i += 1) answers.add(await clients.http1({ prefix: "/pay" }, path));
    return answers;
  };
  assert.deepEqual([...(await askPay(3))], ["pay"]);
  files.write("pay/shop.proto", "syntax = ");
  await until(
    () => app.grpcTenants.status().stale,
    () => "not stale",
  );
  await app.grpcTenants.stop("pay", { drainMs: 0 });
  assert.deepEqual([...(await askPay(3))], ["503"]);
  app.grpcTenants.start("pay");
  assert.deepEqual([...(await askPay(30))], ["pay", "429"]);
  pay.server.forceShutdown();
  files.write("pay/shop.proto", shopProto("/v2/who"));
  const { revision } = app.grpcTenants.status();
  write(twoTenants("    breaker: { consecutive_failures: 3 }"));
  await until(
    () => app.grpcTenants.status().revision !== revision,
    () => "not changed",
  );
  assert.deepEqual([...(await askPay(10, "/v2/who"))], ["503"]);
  write(twoTenants().replace(/ {2}- id: pay[\s\S]*?(?= {2}- id: risk)/, ""));
  await until(
    () => app.grpcTenants.list().length === 1,
    () => "still there",
  );
  assert.deepEqual([...(await askPay(3))], ["404"]);
  stops = true;
  await Promise.all(load);
  assert.deepEqual([...seen.keys()], ["risk"]);
  assert.equal(app.grpcTenants.status("risk")?.generation, 2);
});
