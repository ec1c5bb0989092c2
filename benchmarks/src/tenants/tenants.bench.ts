import { buildPackages } from "../built-packages.ts";
import { measureIsolation } from "./isolation.ts";
import { measureReloads } from "./reloads.ts";
import { measureMany, measureSwap } from "./sizes.ts";

/** What one tenant has of another's trouble, and what reloads and many tenants cost. */
export async function run(): Promise<void> {
  buildPackages(["fastify-grpc-tenants"]);
  await measureIsolation();
  await measureReloads();
  await measureSwap();
  await measureMany();
}
