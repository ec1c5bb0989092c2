import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import fp from "fastify-plugin";
import { type GatewayEntry, gatewayRegistry } from "grpc-transcoding";
import { onceAMinute } from "grpc-transcoding/internal";
import { authPolicy } from "./auth-policy.ts";
import { patchRequests } from "./claims/patching-interceptor.ts";
import { FST_GRPC_AUTH_VERIFIER } from "./errors.ts";
import { requireGateways, requireSelectors } from "./gateway-names.ts";
import { MethodAudiences } from "./method/method-audiences.ts";
import { MethodRules } from "./method/method-rules.ts";
import { type FastifyGrpcAuthOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import { fastifyJwtVerifier } from "./token/fastify-jwt.ts";
import { issuerVerifier } from "./token/issuer-verifier.ts";
import { loadJose } from "./token/load-jose.ts";
import { ownVerifier } from "./token/own-verifier.ts";
import type { TokenVerifier } from "./token/token-verifier.ts";

/**
 * Guards the calls of the app's gateways by bearer tokens, those registered later included. It decides before the
 * gateways' own policies, which so know who is calling.
 */
async function grpcAuthPlugin(
  app: FastifyInstance,
  options: FastifyGrpcAuthOptions,
): Promise<void> {
  const resolved = resolveOptions(options);
  const registry = gatewayRegistry(app.server);
  const audiences = new MethodAudiences(resolved.audiences);
  const given = await givenVerifier(app, resolved);
  const attached: GatewayEntry[] = [];
  const stop = registry.onGateway((entry) => {
    if (resolved.gateways?.includes(entry.name) === false) return;
    attached.push(entry);
    const fillsFields = claimsFields(entry);
    // Inside others: what they see is what the client sent.
    if (fillsFields) entry.intercept?.(patchRequests);
    const { metadata, scopeClaims, tenantClaim, scheme, issuers } = resolved;
    const policy = authPolicy({
      entry,
      rules: new MethodRules(entry, audiences),
      metadata,
      scopeClaims,
      tenantClaim,
      scheme,
      isRemote: [...(issuers?.values() ?? [])].some(({ source }) => source.kind === "remote"),
      verifier: given ?? fastifyJwtVerifier,
      fillsFields,
      log: app.log,
    });
    entry.use?.(policy, "first");
  });
  if (given === undefined) {
    // Native calls have a request, which @fastify/jwt needs, only where their scope has hooks.
    app.addHook("onRequest", (_request, _reply, done) => done());
  }
  app.addHook("onReady", async () => {
    requireGateways(registry, resolved.gateways ?? []);
    requireSelectors(attached, resolved.audiences);
    if (given === undefined && !app.hasRequestDecorator("jwtVerify")) {
      throw new FST_GRPC_AUTH_VERIFIER(
        "nothing verifies tokens: give issuers or verify, or register @fastify/jwt in the same scope",
      );
    }
  });
  app.addHook("onClose", async () => stop());
}

async function givenVerifier(
  { log }: FastifyInstance,
  { issuers, verify, cacheSize }: ResolvedOptions,
): Promise<TokenVerifier | undefined> {
  if (verify !== undefined) return ownVerifier(verify);
  if (issuers === undefined) return undefined;
  const onError = onceAMinute((error, count) =>
    log.warn({ err: error, count }, "the keys of an issuer of tokens could not be fetched"),
  );
  return issuerVerifier(await loadJose(), { issuers, cacheSize, onError });
}

function claimsFields({ schema }: GatewayEntry): boolean {
  return schema.services.some(({ methods }) => methods.some(({ auth }) => auth.claims.length > 0));
}

/** The plugin, wrapped so that its hooks are the registering scope's own. */
export const plugin: FastifyPluginAsync<FastifyGrpcAuthOptions> = fp(grpcAuthPlugin, {
  fastify: "5.x",
  name: "fastify-grpc-auth",
});
