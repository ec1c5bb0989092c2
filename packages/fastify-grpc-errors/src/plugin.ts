import type { FastifyInstance } from "fastify";
import fp from "fastify-plugin";
import { type ErrorTable, gatewayRegistry, type MethodSchema } from "grpc-transcoding";
import { createErrorTable } from "./error-table.ts";
import { type FastifyGrpcErrorsOptions, resolveOptions } from "./options.ts";
import type { CompiledTable } from "./table/compile-table.ts";
import { uncheckedTenants, verifyTable } from "./table/verify-table.ts";

declare module "fastify" {
  interface FastifyInstance {
    grpcErrors: ErrorTable;
  }
}

/**
 * Decorates the scope with its error table. Gateways registered there answer by it; it replaces no
 * handler of the app. What needs the app's methods is checked once it is ready.
 */
async function grpcErrorsPlugin(
  app: FastifyInstance,
  options: FastifyGrpcErrorsOptions,
): Promise<void> {
  const { config, render, warnUndeclared } = resolveOptions(options);
  const warned = new WeakSet<MethodSchema>();
  let ready = false;
  let table: CompiledTable | undefined;
  const errors = createErrorTable(config, {
    render,
    verify(compiled) {
      if (ready) verifyInApp(app, compiled);
      table = compiled;
    },
    onRenderError: (error) => app.log.error(error, "the error renderer threw"),
    ...(warnUndeclared && {
      onUndeclared(method, { status }) {
        if (warned.has(method)) return;
        warned.add(method);
        app.log.warn(
          { grpcMethod: method.path, grpcCode: status.code },
          "the service answered with a code that the method does not declare",
        );
      },
    }),
  });
  app.decorate("grpcErrors", errors);
  app.addHook("onReady", async () => {
    ready = true;
    if (table !== undefined) verifyInApp(app, table);
  });
}

function verifyInApp(app: FastifyInstance, table: CompiledTable): void {
  const { gateways } = gatewayRegistry(app.server);
  const methods = gateways.flatMap(({ schema }) =>
    schema.services.flatMap((service) => service.methods.map(({ path }) => path.slice(1))),
  );
  verifyTable(table.checked, { methods, routed: gateways.length > 0 });
  const tenants = uncheckedTenants(table.checked);
  if (tenants.length > 0) {
    app.log.warn(
      { tenants },
      "rules of the error table name tenants, but its option tenants does not list the known ones",
    );
  }
}

/** The plugin, wrapped so that the decorator is the registering scope's own. */
export const plugin: typeof grpcErrorsPlugin = fp(grpcErrorsPlugin, {
  fastify: "5.x",
  name: "fastify-grpc-errors",
});
