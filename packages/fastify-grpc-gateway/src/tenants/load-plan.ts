import { requireMethodNames } from "../routing/method-options.ts";
import { bindingsOf, checkConflicts } from "../routing/route-checks.ts";
import { buildRouting, type Routing } from "../routing/routing.ts";
import { loadGatewaySchema } from "../routing/schema-source.ts";
import { checkTenant, sourceOfTenant, type TenantOptions } from "./tenant-options.ts";
import { type TenantHost, TenantPlan } from "./tenant-plan.ts";

/**
 * Makes a generation of a tenant: options are checked, its schema is loaded, its routes are compiled. Throws
 * FST_GRPC_OPTION, FST_GRPC_SCHEMA, FST_GRPC_CONFLICT or FST_GRPC_METHOD.
 */
export async function loadPlan(
  name: string,
  given: TenantOptions,
  host: TenantHost,
): Promise<TenantPlan> {
  checkTenant(name, given);
  const plan = new TenantPlan(name, given, host);
  const source = sourceOfTenant(given);
  if (source === undefined) {
    if (plan.hasOwnRoutes) plan.routing = followRouting(plan, host.routing, host);
    return plan;
  }
  const { log, transport } = host.parts;
  const { services, ...shared } = plan.options;
  const schema = await loadGatewaySchema(
    { ...shared, ...(given.services && { services: given.services }) },
    transport,
    log,
    source,
    host.isReady,
  );
  plan.routing = compileRouting(plan, schema, [], host);
  return plan;
}

/** The routes that a tenant with the gateway's API, and options of its own, has by the gateway's routes. Throws as {@link loadPlan}. */
export function followRouting(plan: TenantPlan, base: Routing, host: TenantHost): Routing {
  return compileRouting(plan, base.schema, base.pathRoutes, host);
}

function compileRouting(
  { name: gateway, tenant, given, options }: TenantPlan,
  schema: Routing["schema"],
  pathRoutes: Routing["pathRoutes"],
  host: TenantHost,
): Routing {
  const { constraint, prefix, log } = host.parts;
  // Of the gateway's, others may be methods of its own API.
  requireMethodNames(schema, {
    deadline: { ...options.deadline, methods: given.deadline?.methods ?? {} },
    methods: given.methods ?? {},
    streaming: { ...options.streaming, events: given.streaming?.events ?? {} },
  });
  const routing = buildRouting(schema, pathRoutes, constraint, options);
  host.requireMethods(routing);
  const routes = [...bindingsOf(routing.rpcRoutes), ...pathRoutes];
  const own = { name: `${gateway}, tenant ${tenant}`, prefix, routes };
  const warnings = [...routing.warnings, ...checkConflicts(own, [], options.onConflict)];
  for (const { message, code } of warnings) log.warn({ code, tenant }, message);
  return routing;
}
