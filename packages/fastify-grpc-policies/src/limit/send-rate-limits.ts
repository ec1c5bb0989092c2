import type { FastifyInstance } from "fastify";
import { rateLimitFields } from "./rate-limit-fields.ts";

/** Lets responses of a scope tell the rate limits that their calls have met; for tenants' policies, which the plugin is not needed for. */
export function sendRateLimits(app: FastifyInstance): void {
  if (!app.hasRequestDecorator("grpcRateLimit")) app.decorateRequest("grpcRateLimit", null);
  app.addHook("onSend", (request, reply, _payload, done) => {
    if (request.grpcRateLimit) reply.headers(rateLimitFields(request.grpcRateLimit));
    done();
  });
}
