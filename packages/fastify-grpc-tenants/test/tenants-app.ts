import type { TestContext } from "node:test";
import Fastify, { type FastifyInstance } from "fastify";
import grpcTenants, { type FastifyGrpcTenantsOptions } from "fastify-grpc-tenants";
import { bound, type Shop, shop, shopProto } from "./shop.ts";
import { type Workspace, workspace } from "./workspace.ts";

/** An app with tenants, on a port. */
export interface TenantsApp {
  readonly app: FastifyInstance;
  readonly port: number;
  readonly files: Workspace;
  readonly log: readonly string[];
  /** Writes the document. */
  write(text: string): void;
}

export interface TenantsAppOptions {
  readonly document: string;
  readonly options?: Partial<FastifyGrpcTenantsOptions>;
  readonly files?: Readonly<Record<string, string>>;
  /** Runs before the plugin is registered. */
  readonly before?: (app: FastifyInstance) => unknown;
  /** Runs once it is. */
  readonly after?: (app: FastifyInstance) => unknown;
}

export async function tenantsApp(
  t: TestContext,
  { document, options = {}, files: more = {}, before, after }: TenantsAppOptions,
): Promise<TenantsApp> {
  const files = workspace(t, {
    "tenants.yaml": document,
    "pay/shop.proto": shopProto(),
    "risk/shop.proto": shopProto(),
    ...more,
  });
  const log: string[] = [];
  const app = Fastify({ logger: { stream: { write: (line: string) => void log.push(line) } } });
  t.after(() => app.close());
  await before?.(app);
  const source = options.source ? {} : { file: files.path("tenants.yaml") };
  await app.register(grpcTenants, { ...source, ...options });
  await after?.(app);
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as { port: number };
  return { app, port, files, log, write: (text) => files.write("tenants.yaml", text) };
}

/** Two tenants with one API, each with a service of its own. */
export interface TwoShops {
  readonly pay: Shop;
  readonly risk: Shop;
  readonly upstreams: Readonly<Record<string, Shop["server"] | string>>;
}

export async function twoShops(
  t: TestContext,
  where: "in-process" | "passed on",
): Promise<TwoShops> {
  const [pay, risk] = [await shop(t, "pay"), await shop(t, "risk")];
  const at = async (one: Shop) => (where === "in-process" ? one.server : await bound(one));
  return { pay, risk, upstreams: { pay: await at(pay), risk: await at(risk) } };
}

/** A document of the two, with lines of their own. */
export function twoTenants(pay = "", risk = ""): string {
  return `tenants:
  - id: pay
    prefix: /pay
    hosts: [pay.example]
    proto_path: pay
    upstream: pay
${pay}
  - id: risk
    prefix: /risk
    hosts: [risk.example]
    proto_path: risk
    upstream: risk
${risk}
`;
}
