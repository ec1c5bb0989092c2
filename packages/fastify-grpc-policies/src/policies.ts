import type { FastifyBaseLogger, FastifyRequest } from "fastify";
import type {
  ErrorResponse,
  GatewayEntry,
  GatewayRegistry,
  MethodSchema,
  Policy,
} from "grpc-transcoding";
import { onceAMinute, quote } from "grpc-transcoding/internal";
import { CircuitBreaker, type CircuitChange } from "./breaker/circuit-breaker.ts";
import type { Opossum } from "./breaker/load-opossum.ts";
import { markNative } from "./breaker/native-request.ts";
import { openMessage } from "./breaker/upstream-circuits.ts";
import { Bulkheads } from "./bulkhead/bulkheads.ts";
import { busyMessage } from "./bulkhead/waiting-call.ts";
import { FST_GRPC_POLICIES_FIXED, FST_GRPC_POLICIES_GATEWAY } from "./errors.ts";
import { limitPolicy, limitResponses } from "./limit/limit-policy.ts";
import { type FastifyRateLimitStore, rateLimitStore } from "./limit/rate-limit-adapter.ts";
import { RateLimiter } from "./limit/rate-limiter.ts";
import { read } from "./option/read.ts";
import type { ResolvedOptions } from "./options.ts";
import { unavailableResponse } from "./refusal/unavailable-response.ts";
import {
  type PolicySettings,
  patternsOf,
  type ReadSettings,
  readSettings,
  settingsKeys,
} from "./settings.ts";
import { keyLabels } from "./upstream/call-key.ts";
import { missedPatterns } from "./upstream/missed-patterns.ts";

/** What the policies work with beside their options. */
export interface PoliciesHost {
  readonly log: FastifyBaseLogger;
  readonly registry: GatewayRegistry;
  /** Undefined where there is no circuit breaker. */
  readonly opossum: Opossum | undefined;
}

/** The policies of an app's gateways: `app.grpcPolicies`. */
export class GrpcPolicies {
  readonly #options: ResolvedOptions;
  readonly #host: PoliciesHost;
  readonly #gateways: GatewayEntry[] = [];
  readonly #limiter: RateLimiter | undefined;
  readonly #breaker: CircuitBreaker | undefined;
  readonly #bulkheads: Bulkheads | undefined;
  readonly #onStoreError: (error: unknown) => void;
  /** As they are now. */
  #settings: ReadSettings;
  #isClosed = false;

  constructor(options: ResolvedOptions, host: PoliciesHost) {
    const { settings, installed, store, onStoreError } = options;
    const { log, registry, opossum } = host;
    this.#options = options;
    this.#host = host;
    this.#settings = settings;
    this.#onStoreError = onceAMinute((error, count) =>
      log.warn({ err: error, count, onStoreError }, "the store of the rate limits failed"),
    );
    if (settings.limits !== undefined) this.#limiter = new RateLimiter(store, settings.limits);
    if (opossum !== undefined) {
      const onChange = (change: CircuitChange) => this.#tell(change);
      this.#breaker = new CircuitBreaker({ opossum, registry, onChange }, settings.circuitBreaker);
    }
    if (installed.has("bulkhead")) {
      const onError = (error: unknown) =>
        log.error({ err: error }, "a call could not be started: an interceptor failed");
      this.#bulkheads = new Bulkheads({ registry, onError }, settings.bulkhead);
    }
  }

  /** Puts the policies around the calls of a gateway. */
  attach(entry: GatewayEntry): void {
    this.#gateways.push(entry);
    entry.use?.(this.#policyOf(entry));
    // What finds no room has not been to the upstream, so the breaker stands inside.
    if (this.#bulkheads !== undefined) entry.intercept?.(this.#bulkheads.interceptor(entry.name));
    if (this.#breaker !== undefined) entry.intercept?.(this.#breaker.interceptor(entry.name));
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

  /** Tells the log of patterns that are for no method: what they were to limit or to protect is not. */
  checkMethods(): void {
    for (const missed of missedPatterns(patternsOf(this.#settings), this.#gateways)) {
      this.#host.log.warn(missed, "the policies name methods that no gateway has");
    }
  }

  /**
   * Swaps all settings at once, for the calls from now on; what is left out is off. Throws FST_GRPC_POLICIES_* for
   * settings that are wrong, or of a kind that the plugin was registered without, and changes nothing then. Buckets of
   * limits that keep their name stay as they are, and so do circuits where the breaker's settings stay.
   */
  update(settings: PolicySettings): void {
    const next = readSettings(settings);
    this.#requireInstalled(next);
    if (this.#isClosed) return;
    this.#settings = next;
    if (this.#limiter !== undefined) this.#limiter.limits = next.limits ?? [];
    if (this.#breaker !== undefined) this.#breaker.settings = next.circuitBreaker;
    if (this.#bulkheads !== undefined) this.#bulkheads.settings = next.bulkhead;
    this.checkMethods();
    for (const entry of this.#gateways) entry.policiesChanged?.();
  }

  /**
   * A class for the option `store` of @fastify/rate-limit: hand-written routes share the buckets of the limit with the
   * gateways' calls. While an update has taken the limit away, they pass. Throws FST_GRPC_POLICIES_FIXED where there are
   * no limits, and FST_GRPC_POLICIES_OPTION for a limit that is not there or that has a key of several parts.
   */
  rateLimitStore(limit: string): FastifyRateLimitStore {
    const limiter = this.#limiter;
    if (limiter === undefined) throw notInstalled("limits", limit);
    const found = limiter.limits.find(({ name }) => name === limit);
    if (found === undefined || found.key.parts > 1) {
      const names = limiter.limits.map(({ name }) => quote(name)).join(", ");
      const fix = found
        ? "its key has several parts, which no route can name: choose a limit by one"
        : `no limit has this name; there are ${names}`;
      throw read.refusal("rateLimitStore", limit, fix);
    }
    return rateLimitStore(limiter, limit, {
      onStoreError: this.#options.onStoreError,
      onError: this.#onStoreError,
    });
  }

  /** Ends timers and gauges; the plugin calls it when the app closes. */
  close(): void {
    this.#isClosed = true;
    this.#breaker?.close();
    this.#bulkheads?.close();
  }

  /** One for each gateway: it tells the document by that gateway's table. */
  #policyOf(entry: GatewayEntry): Policy {
    const { onStoreError, rateLimitHeaders } = this.#options;
    const limit =
      this.#limiter &&
      limitPolicy(this.#limiter, {
        onStoreError,
        headers: rateLimitHeaders,
        onError: this.#onStoreError,
        onOutcome({ request }, outcome) {
          if (request !== undefined) (request as FastifyRequest).grpcRateLimit = outcome;
        },
      });
    const policy: Policy = (call) => {
      if (this.#breaker !== undefined) markNative(call);
      return limit?.(call);
    };
    return Object.assign(policy, {
      responsesOf: (method: MethodSchema) => this.#responsesOf(entry, method),
    });
  }

  #responsesOf(entry: GatewayEntry, method: MethodSchema): readonly ErrorResponse[] {
    const { circuitBreaker, bulkhead } = this.#settings;
    const { onStoreError, rateLimitHeaders } = this.#options;
    const responses =
      this.#limiter === undefined
        ? []
        : limitResponses(this.#limiter, { onStoreError, headers: rateLimitHeaders }, method);
    const unavailable = [
      ...(circuitBreaker?.isFor(method.path) ? [openMessage] : []),
      ...(bulkhead?.isFor(method.path) ? [busyMessage] : []),
    ];
    return [
      ...responses,
      ...unavailable.map((message) => unavailableResponse(message, method, entry.errors)),
    ];
  }

  #tell({ gateway, state, key }: CircuitChange): void {
    const { log, registry } = this.#host;
    const subject = { gateway, ...keyLabels(key) };
    log[state === "open" ? "warn" : "info"](subject, `a circuit is ${state}`);
    const event = { type: `breaker-${state}`, ...subject };
    const failed = (error: unknown): void =>
      log.error({ err: error }, "a listener to the policies' events failed");
    registry.emit(event, failed).forEach(failed);
    try {
      // It may be async, and nobody else waits for it.
      Promise.resolve(this.#options.onEvent?.(event)).catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  #requireInstalled(settings: ReadSettings): void {
    for (const kind of settingsKeys) {
      if (settings[kind] !== undefined && !this.#options.installed.has(kind)) {
        throw notInstalled(kind, settings[kind]);
      }
    }
  }
}

function notInstalled(kind: string, value: unknown): Error {
  return new FST_GRPC_POLICIES_FIXED(
    kind,
    quote(value),
    "the plugin was registered without this option: register it with an empty or switched off one, so that it can come later",
  );
}
