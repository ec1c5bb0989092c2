import assert from "node:assert/strict";
import { test } from "node:test";
import { clientsOf, sendHttp1 } from "../clients.ts";
import { tenantsApp, twoShops } from "../tenants-app.ts";
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
