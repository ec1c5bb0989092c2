import type { Route, RouteTable } from "./http/route-table.ts";
import type { JsonOptions } from "./json/json-codec.ts";
import type { CallObserver } from "./model/call-observer.ts";
import type { QueryDialect } from "./model/query-dialect.ts";
import type { RestRule } from "./model/rest-rule.ts";
import type { EventFields, HttpBinding, MethodSchema, Schema } from "./model/schema.ts";
import type { Interceptor } from "./model/transport.ts";
import type { Policy } from "./policy/policy.ts";
import type { ErrorMapper } from "./status/error-mapper.ts";
import type { StreamEncoder } from "./stream/stream-encoder.ts";

const key = Symbol.for("fastify-grpc.registry.v1");

/** What the other plugins and the port split may know of one gateway. Members are live: a reload changes them. */
export interface GatewayEntry {
  /** Unique within the app; the gateway's prefix unless named. A tenant's entry has the name of its gateway. */
  readonly name: string;
  /** Whose it is, where it is that of a tenant of the gateway. */
  readonly tenant?: string;
  /** The full URL prefix, `""` for none. */
  readonly prefix: string;
  readonly schema: Schema;
  readonly table: RouteTable<Route>;
  readonly bindings: readonly HttpBinding[];
  readonly json: JsonOptions;
  /** How the gateway frames streams, the default first. */
  readonly streamEncoders: readonly StreamEncoder[];
  /** The fields of a method's server-sent events. @default those of its annotation */
  eventsOf?(method: MethodSchema): EventFields;
  /** What a method's HTTP requests and answers are beyond its http rules. @default what its annotation says */
  restOf?(method: MethodSchema): RestRule;
  /** Whether a PATCH without a field mask gets one from its body. @default true */
  readonly patchFieldMask?: boolean;
  /** How queries spell lists and messages, where a method's rule does not say. */
  readonly query?: QueryDialect;
  /** Whether clients choose the fields of a response (AIP-157). @default false */
  readonly partialResponses?: boolean;
  /** Whether `?pretty` lays a response out. @default false */
  readonly prettyPrint?: boolean;
  /** Whether the body of a google.api.HttpBody request is taken as it comes, or is its JSON. @default "raw" */
  readonly httpBodyRequests?: "raw" | "json";
  /** What decides on every call before it reaches its service, in this order. */
  readonly policies?: readonly Policy[];
  /** Whether calls may be of tenants, with schemas of their own. @default false */
  readonly hasTenants?: boolean;
  /** The schema of a tenant's calls, where it has one of its own; live. @default {@link schema} */
  schemaOf?(tenant: string | undefined): Schema;
  /** Adds a policy behind those present, or before them: it tells the others who is calling. At any time. */
  use?(policy: Policy, place?: "first" | "last"): void;
  /** Adds an interceptor inside those present: around every call, native ones included. Throws once the app is ready. */
  intercept?(interceptor: Interceptor): void;
  /** Lets somebody see all calls. Throws once the app is ready, and where another does already. */
  observe?(observer: CallObserver): void;
  /** The tenants that have an API or an upstream of their own. */
  readonly tenants?: readonly string[];
  /** Defined once the app is ready. */
  readonly errors: ErrorMapper | undefined;
  /** Tells that what its policies answer has changed: the document is made anew. */
  policiesChanged?(): void;
  /** Grows with every change of the other members. */
  readonly revision: number;
}

/** A number that can be read at any time, for metrics. */
export interface Gauge {
  /** In the style of Prometheus: `grpc_gateway_live_calls`. */
  readonly name: string;
  readonly help: string;
  /** What tells gauges of one name apart: `{ gateway: "default" }`. */
  readonly labels: Readonly<Record<string, string>>;
  read(): number;
}

/** Something that happened in a gateway or a plugin of one: a reload, a breaker that opened. */
export interface GatewayEvent {
  /** `"reload"`, `"breaker-open"`, … */
  readonly type: string;
  /** The gateway's name. */
  readonly gateway: string;
  readonly [detail: string]: unknown;
}

/** All gateways of one app, in registration order; where their plugins meet. */
export interface GatewayRegistry {
  readonly gauges: readonly Gauge[];
  /** Adds a gauge; returns the function that removes it. */
  addGauge(gauge: Gauge): () => void;
  /** Calls back with each gauge, those to come included; returns the function that stops it. */
  onGauge(listener: (gauge: Gauge) => void): () => void;
  /** Tells the listeners, all of them; returns what they threw, for the log. `onRejected` is told what async ones throw later. */
  emit(event: GatewayEvent, onRejected?: (error: unknown) => void): readonly unknown[];
  /** Calls back with every event from now on; returns the function that stops it. Nobody waits for an async listener. */
  onEvent(listener: (event: GatewayEvent) => unknown): () => void;
  readonly gateways: readonly GatewayEntry[];
  /** Calls back with each gateway, those to come included; returns the function that stops it. */
  onGateway(listener: (entry: GatewayEntry) => void): () => void;
  /** Adds a gateway. Throws when its name is taken. Returns the function that removes it. */
  add(entry: GatewayEntry): () => void;
  /**
   * The tenants of all gateways, each by the generation that it has now: another generation is another entry. They are no
   * part of what the app documents as a whole, and of no other tenant's.
   */
  readonly tenants: readonly GatewayEntry[];
  /** Adds a tenant, in place of the one of the same gateway and name. Returns the function that removes it. */
  addTenant(entry: GatewayEntry & { readonly tenant: string }): () => void;
  /** Grows with every gateway added, removed or changed, and with no tenant: the key of anything cached from the gateways. */
  readonly revision: number;
}

/**
 * The registry of an app, hung on its server under `Symbol.for("fastify-grpc.registry.v1")`, so that
 * all scopes and two copies of this module share it. Made on first use.
 */
export function gatewayRegistry(server: object): GatewayRegistry {
  const holder = server as { [key]?: GatewayRegistry };
  holder[key] ??= createRegistry();
  return holder[key];
}

function createRegistry(): GatewayRegistry {
  const gateways: GatewayEntry[] = [];
  const tenants: GatewayEntry[] = [];
  const gauges: Gauge[] = [];
  const measuring: ((gauge: Gauge) => void)[] = [];
  const listeners: ((event: GatewayEvent) => unknown)[] = [];
  const awaiting: ((entry: GatewayEntry) => void)[] = [];
  let changes = 0;
  return {
    gateways,
    tenants,
    gauges,
    addGauge(gauge) {
      const remove = added(gauges, gauge);
      for (const listener of [...measuring]) listener(gauge);
      return remove;
    },
    onGauge(listener) {
      for (const gauge of [...gauges]) listener(gauge);
      return added(measuring, listener);
    },
    emit(event, onRejected = () => {}) {
      const errors: unknown[] = [];
      for (const listener of [...listeners]) {
        try {
          Promise.resolve(listener(event)).catch(onRejected);
        } catch (error) {
          errors.push(error);
        }
      }
      return errors;
    },
    onEvent: (listener) => added(listeners, listener),
    onGateway(listener) {
      for (const entry of [...gateways]) listener(entry);
      return added(awaiting, listener);
    },
    add(entry) {
      if (gateways.some((other) => other.name === entry.name)) {
        throw new Error(`a gateway named ${JSON.stringify(entry.name)} exists already`);
      }
      gateways.push(entry);
      changes += 1;
      for (const listener of [...awaiting]) listener(entry);
      return () => {
        const at = gateways.indexOf(entry);
        if (at < 0) return;
        gateways.splice(at, 1);
        // Keeps the sum of revisions growing when a changed entry leaves.
        changes += 1 + entry.revision;
      };
    },
    addTenant(entry) {
      const { name, tenant } = entry;
      const at = tenants.findIndex((other) => other.name === name && other.tenant === tenant);
      tenants.splice(at < 0 ? tenants.length : at, at < 0 ? 0 : 1, entry);
      return () => {
        const place = tenants.indexOf(entry);
        if (place >= 0) tenants.splice(place, 1);
      };
    },
    get revision() {
      return gateways.reduce((sum, entry) => sum + entry.revision, changes);
    },
  };
}

function added<T>(list: T[], item: T): () => void {
  list.push(item);
  return () => {
    const at = list.indexOf(item);
    if (at >= 0) list.splice(at, 1);
  };
}
