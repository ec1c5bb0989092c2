import type { FastifyBaseLogger, FastifyRequest } from "fastify";
import type { GatewayEntry, GatewayRegistry, Policy } from "grpc-transcoding";
import { FST_GRPC_POLICIES_FIXED, FST_GRPC_POLICIES_GATEWAY } from "./errors.ts";
import { limitPolicy } from "./limit/limit-policy.ts";
import { type FastifyRateLimitStore, rateLimitStore } from "./limit/rate-limit-adapter.ts";
import { RateLimiter } from "./limit/rate-limiter.ts";
import { onceAMinute } from "./limit/store-errors.ts";
import { quote } from "./option/option-value.ts";
import type { ResolvedOptions } from "./options.ts";
import { type PolicySettings, type ReadSettings, readSettings, settingsKeys } from "./settings.ts";

/** What the policies work with beside their options. */
export interface PoliciesHost {
  readonly log: FastifyBaseLogger;
  readonly registry: GatewayRegistry;
}

/** The policies of an app's gateways: `app.grpcPolicies`. */
export class GrpcPolicies {
  readonly #options: ResolvedOptions;
  readonly #host: PoliciesHost;
  readonly #gateways: GatewayEntry[] = [];
  readonly #limiter: RateLimiter | undefined;
  readonly #limitPolicy: Policy | undefined;
  readonly #onStoreError: (error: unknown) => void;

  constructor(options: ResolvedOptions, host: PoliciesHost) {
    this.#options = options;
    this.#host = host;
    const { settings, store, onStoreError, rateLimitHeaders } = options;
    this.#onStoreError = onceAMinute((error, count) =>
      host.log.warn({ err: error, count, onStoreError }, "the store of the rate limits failed"),
    );
    if (settings.limits === undefined) return;
    this.#limiter = new RateLimiter(store, settings.limits);
    this.#limitPolicy = limitPolicy(this.#limiter, {
      onStoreError,
      headers: rateLimitHeaders,
      onError: this.#onStoreError,
      onOutcome({ request }, outcome) {
        if (request !== undefined) (request as FastifyRequest).grpcRateLimit = outcome;
      },
    });
  }

  /** Puts the policies before the calls of a gateway. */
  attach(entry: GatewayEntry): void {
    this.#gateways.push(entry);
    if (this.#limitPolicy !== undefined) entry.use?.(this.#limitPolicy);
  }

  /** Throws FST_GRPC_POLICIES_GATEWAY for a name that no gateway has. */
  requireGateways(names: readonly string[]): void {
    const known = this.#host.registry.gateways.map(({ name }) => name);
    for (const name of names) {
      if (known.includes(name)) continue;
      throw new FST_GRPC_POLICIES_GATEWAY(
        "gateways",
        quote(name),
        `no gateway of the app has this name; there are ${known.map(quote).join(", ")}`,
      );
    }
  }

  /**
   * Swaps all settings at once, for the calls from now on; what is left out is off. Throws FST_GRPC_POLICIES_* for
   * settings that are wrong, or of a kind that the plugin was registered without, and changes nothing then. Buckets of
   * limits that keep their name stay as they are.
   */
  update(settings: PolicySettings): void {
    const read = readSettings(settings);
    this.#requireInstalled(read);
    if (this.#limiter !== undefined) this.#limiter.limits = read.limits ?? [];
    for (const entry of this.#gateways) entry.policiesChanged?.();
  }

  /**
   * A class for the option `store` of @fastify/rate-limit: hand-written routes share the buckets of the limit with the
   * gateways' calls. Throws FST_GRPC_POLICIES_FIXED where there are no limits.
   */
  rateLimitStore(limit: string): FastifyRateLimitStore {
    const limiter = this.#limiter;
    if (limiter === undefined) throw notInstalled("limits", limit);
    return rateLimitStore(limiter, limit, {
      onStoreError: this.#options.onStoreError,
      onError: this.#onStoreError,
    });
  }

  #requireInstalled(settings: ReadSettings): void {
    for (const kind of settingsKeys) {
      if (settings[kind] !== undefined && this.#options.settings[kind] === undefined) {
        throw notInstalled(kind, settings[kind]);
      }
    }
  }
}

function notInstalled(kind: string, value: unknown): Error {
  return new FST_GRPC_POLICIES_FIXED(
    kind,
    quote(value),
    "the plugin was registered without this option: register it with { }, so that it can be changed later",
  );
}
