import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import { gatewayRegistry } from "grpc-transcoding";
import { requireGateways, requireSelectors } from "../gateway-names.ts";
import { type GrpcClientCertOptions, resolveClientCertOptions } from "./client-cert-options.ts";
import { clientCertPolicy } from "./client-cert-policy.ts";
import type { ClientIdentity } from "./client-identity.ts";
import { clientOf, clientOfRequest, identityOfSocket } from "./connection-cert.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The client by its verified certificate, or by a trusted proxy's word; null for none. Of every request of the app. */
    readonly clientIdentity: ClientIdentity | null;
  }
}

/** Tells requests and calls who their client is by its certificate. The server's TLS must ask for one: `requestCert`. */
async function clientCertPlugin(
  app: FastifyInstance,
  options: GrpcClientCertOptions,
): Promise<void> {
  const resolved = resolveClientCertOptions(options);
  const { gateways, required, isTrusted } = resolved;
  const registry = gatewayRegistry(app.server);
  if (!app.hasRequestDecorator("clientIdentity")) {
    app.decorateRequest("clientIdentity", {
      getter(this: FastifyRequest) {
        const { socket } = this.raw;
        const parts = { headers: this.headers, address: socket.remoteAddress };
        return clientOfRequest(this.raw, () =>
          clientOf(identityOfSocket(socket), parts, isTrusted),
        );
      },
    });
  }
  const policy = clientCertPolicy(resolved);
  const stop = registry.onGateway((entry) => {
    if (gateways?.includes(entry.name) ?? true) entry.use?.(policy, "first");
  });
  app.addHook("onReady", async () => {
    requireGateways(registry, gateways ?? []);
    const selectors = typeof required === "boolean" ? [] : required;
    requireSelectors(
      registry.gateways.filter(({ name }) => gateways?.includes(name) ?? true),
      selectors.map((selector, at) => ({ selector, path: `requireClientCert[${at}]` })),
    );
  });
  app.addHook("onClose", async () => stop());
}

/** The plugin, wrapped so that its decorator is the registering scope's own. */
export const clientCert: FastifyPluginAsync<GrpcClientCertOptions> = fp(clientCertPlugin, {
  fastify: "5.x",
  name: "fastify-grpc-client-cert",
});
