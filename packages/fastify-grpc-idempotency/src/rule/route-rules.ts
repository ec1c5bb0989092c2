import type { RouteOptions } from "fastify";
import { memberPath, quote } from "grpc-transcoding/internal";
import { FST_GRPC_IDEMPOTENCY_ROUTE } from "../errors.ts";
import { read } from "../option/read.ts";
import { type KeyRule, readKeyRule } from "./key-rule.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Whether requests of a hand-written route must have an Idempotency-Key, or may. */
    idempotency?: KeyRule | false;
  }
}

/** Which hand-written routes take keys: by the option, and where it says nothing of a route, by its `config.idempotency`. */
export class RouteRules {
  readonly #rules: ReadonlyMap<string, KeyRule | false>;
  readonly #seen = new Set<string>();

  /** Reads the option `routes`. Throws FST_GRPC_IDEMPOTENCY_OPTION. */
  constructor(value: unknown) {
    const rules = Object.entries(read.object(value, "routes"));
    this.#rules = new Map(
      rules.map(([route, rule]) => {
        const path = memberPath("routes", route);
        if (!/^[A-Z]+ \//.test(route)) {
          throw read.refusal(path, rule, 'name routes as "POST /orders/:id"');
        }
        return [route, readKeyRule(rule, path)];
      }),
    );
  }

  /** The rule of a route that is being added; a gateway's have none here. Throws FST_GRPC_IDEMPOTENCY_OPTION. */
  of({ method, url, config }: RouteOptions): KeyRule | false {
    if ((config as { readonly grpcGateway?: string } | undefined)?.grpcGateway) return false;
    const names = [method].flat().map((one) => `${one} ${url}`);
    const named = names.filter((name) => this.#rules.has(name));
    for (const name of named) this.#seen.add(name);
    const own = config?.idempotency;
    if (named[0] !== undefined) return this.#rules.get(named[0]) ?? false;
    return own === undefined ? false : readKeyRule(own, `config.idempotency of ${names[0]}`);
  }

  /** Throws FST_GRPC_IDEMPOTENCY_ROUTE for a route that was named and has not come. */
  requireRoutes(): void {
    for (const route of this.#rules.keys()) {
      if (this.#seen.has(route)) continue;
      throw new FST_GRPC_IDEMPOTENCY_ROUTE(
        "routes",
        quote(route),
        "no route of this name was added after the plugin: register it before the routes",
      );
    }
  }
}
