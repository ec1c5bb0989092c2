import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { relative } from "node:path";
import { buildApp, tenantsFile } from "./app.ts";
import { libraryToken } from "./library-token.ts";
import { createServiceServer } from "./service-server.ts";
import { welcome } from "./welcome.ts";

const {
  PORT = "8080",
  UPSTREAM,
  API_KEY,
  LOG_LEVEL = "warn",
  TENANTS: tenants = tenantsFile,
} = process.env;

const upstream = UPSTREAM || (await createServiceServer());
const tokenSecret = randomBytes(32);
const fastify = { logger: { level: LOG_LEVEL } };
const app = await buildApp({ upstream, apiKey: API_KEY, tokenSecret, tenants, fastify });
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void app.close());
try {
  await app.listen({ port: Number(PORT), host: "localhost" });
  const { port } = app.server.address() as AddressInfo;
  const token = await libraryToken(tokenSecret, "ada");
  const tenantsText = { names: app.grpcTenants.list(), file: relative("", tenants) };
  process.stdout.write(welcome(port, UPSTREAM, token, tenantsText));
} catch (error) {
  process.stderr.write(`${(error as Error).message}: set PORT to a free one\n`);
  process.exitCode = 1;
  await app.close();
}
