import type { AddressInfo } from "node:net";
import { relative } from "node:path";
import { buildApp, tenantsFile } from "./app.ts";
import { createServiceServer } from "./service-server.ts";
import { welcome } from "./welcome.ts";

const { PORT = "8080", UPSTREAM, API_KEY, TENANTS: tenants = tenantsFile } = process.env;

const upstream = UPSTREAM || (await createServiceServer());
const app = await buildApp({
  upstream,
  apiKey: API_KEY,
  tenants,
  fastify: { logger: { level: "warn" } },
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void app.close());
try {
  await app.listen({ port: Number(PORT), host: "localhost" });
  const { port } = app.server.address() as AddressInfo;
  process.stdout.write(welcome(port, UPSTREAM, app.grpcTenants.list(), relative("", tenants)));
} catch (error) {
  process.stderr.write(`${(error as Error).message}: set PORT to a free one\n`);
  process.exitCode = 1;
  await app.close();
}
