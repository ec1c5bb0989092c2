import { Server } from "node:tls";
import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import fp from "fastify-plugin";
import { gatewayRegistry } from "grpc-transcoding";
import { FST_GRPC_AUTH_TLS } from "../errors.ts";
import { GrpcTls } from "./grpc-tls.ts";
import { type GrpcTlsOptions, resolveTlsOptions } from "./tls-options.ts";
import { eachTlsServer } from "./tls-servers.ts";

declare module "fastify" {
  interface FastifyInstance {
    grpcTls: GrpcTls;
  }
}

/** Serves an app's TLS by certificates from files, and renews it when they change. */
async function tlsPlugin(app: FastifyInstance, options: GrpcTlsOptions): Promise<void> {
  const resolved = resolveTlsOptions(options);
  if (!((app.server as object) instanceof Server)) {
    throw new FST_GRPC_AUTH_TLS("the app's server has no TLS: make it by Fastify({ https: {} })");
  }
  let tls: GrpcTls;
  try {
    tls = await GrpcTls.start(resolved, app.log);
  } catch (error) {
    throw Object.assign(new FST_GRPC_AUTH_TLS((error as Error).message), { cause: error });
  }
  app.decorate("grpcTls", tls);
  const stop = eachTlsServer(app, (server) => tls.serve(server));
  const registry = gatewayRegistry(app.server);
  const gauges = resolved.certificates.map(({ name }, at) =>
    registry.addGauge({
      name: "grpc_tls_certificate_expiry_seconds",
      help: "When the certificate ends, in seconds since the epoch.",
      labels: { certificate: name },
      read: () => (tls.status().certificates[at]?.validTo.getTime() ?? 0) / 1000,
    }),
  );
  app.addHook("preClose", (done) => {
    stop();
    tls.close();
    done();
  });
  app.addHook("onClose", async () => {
    stop();
    tls.close();
    for (const remove of gauges) remove();
  });
}

/** The plugin, wrapped so that its decorator is the registering scope's own. */
export const tls: FastifyPluginAsync<GrpcTlsOptions> = fp(tlsPlugin, {
  fastify: "5.x",
  name: "fastify-grpc-tls",
});
