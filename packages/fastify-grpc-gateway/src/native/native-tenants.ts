import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { ServerCredentials } from "@grpc/grpc-js";
import { codeOfHttpStatus, type Schema, type StatusError } from "grpc-transcoding";
import type { Gateway } from "../gateway/gateway.ts";
import { admitNative, type NativeGuard } from "../guard/guard-native.ts";
import { refuseNative } from "../guard/refuse-native.ts";
import { askTenant, type TenantSelector } from "../mount/tenant-selector.ts";
import type { FoundSink, GrpcSink, GrpcSinks } from "../one-port/grpc-sinks.ts";
import type { ResolvedOptions } from "../options/resolved-options.ts";
import type { Tenant } from "../tenants/tenant.ts";
import type { TenantEntry } from "../tenants/tenant-entry.ts";
import { createProxyServer, type ProxyServer } from "./proxy-server.ts";
import { methodsOf, servicesOf } from "./served-methods.ts";

const nothing: ReadonlySet<string> = new Set();

/** What the native calls of a gateway's tenants need of it. */
export interface NativeTenantParts {
  readonly gateway: Gateway;
  readonly selector: TenantSelector;
  readonly native: Exclude<ResolvedOptions["nativeGrpc"], false>;
  readonly sinks: GrpcSinks;
  /** What stands before the gateway's own calls. */
  readonly guard: NativeGuard;
}

/** The way of one tenant's native calls: always through its transport, which ends them with the tenant. */
interface TenantWay {
  readonly proxy: ProxyServer;
  /** The schema that the proxy serves now. */
  schema: Schema;
  sink: GrpcSink;
}

/** Native calls of a gateway by tenant. A tenant's server is made for its first call. */
export class NativeTenants {
  readonly #parts: NativeTenantParts;
  readonly #ways = new WeakMap<TenantEntry, TenantWay>();
  /** By a call's headers, from its split to its guard. */
  readonly #tenants = new WeakMap<IncomingHttpHeaders, string>();

  constructor(parts: NativeTenantParts) {
    this.#parts = parts;
  }

  /** The tenant that was found for a call. */
  tenantOf(headers: IncomingHttpHeaders): string | undefined {
    return this.#tenants.get(headers);
  }

  /** Asks whose a call is: the tenant's own server takes it, or the gateway's. */
  readonly divert = (
    listed: GrpcSink,
    headers: IncomingHttpHeaders,
    stream: ServerHttp2Stream,
  ): FoundSink => {
    const { gateway, selector } = this.#parts;
    const target = headers[":path"] ?? "";
    const request = {
      method: headers[":method"],
      url: target,
      headers,
      socket: stream.session?.socket,
    };
    const { tenant, rest, isNowhere, failure } = askTenant(selector, request, target);
    if (failure !== undefined) return { sink: this.#failing(listed, failure), path: target };
    if (isNowhere) return { sink: { ...listed, services: nothing }, path: rest };
    if (tenant === undefined) return { sink: listed, path: rest };
    this.#tenants.set(headers, tenant);
    const found = gateway.tenants.find(tenant);
    return { sink: found === undefined ? listed : this.#sinkOf(found, listed), path: rest };
  };

  #sinkOf(tenant: Tenant, listed: GrpcSink): GrpcSink {
    const { entry, served } = tenant;
    if (entry !== undefined) return this.#wayOf(entry, listed).sink;
    return {
      ...listed,
      services: this.#servicesOf(tenant.plan.routing.schema),
      isLast: this.#passesAll,
      admit({ stream }) {
        if (served.refusal !== undefined) refuseNative(stream, served.refusal(), undefined);
      },
    };
  }

  #failing(listed: GrpcSink, failure: StatusError): GrpcSink {
    const { log } = this.#parts.gateway.parts;
    return {
      ...listed,
      refuses: true,
      admit({ stream, headers }) {
        log.error({ err: failure, grpc: { method: headers[":path"] } }, failure.message);
        refuseNative(stream, failure, undefined);
      },
    };
  }

  #wayOf(entry: TenantEntry, listed: GrpcSink): TenantWay {
    const { schema } = entry.plan.routing;
    const way = this.#ways.get(entry) ?? this.#open(entry, listed);
    if (way.schema !== schema) {
      way.proxy.serve(methodsOf(schema, undefined));
      way.schema = schema;
      way.sink = { ...way.sink, services: this.#servicesOf(schema) };
    }
    return way;
  }

  #open(entry: TenantEntry, listed: GrpcSink): TenantWay {
    const { guard, sinks } = this.#parts;
    const { plan } = entry;
    const { schema } = plan.routing;
    const proxy = createProxyServer(entry.transport, {
      ...plan.options.limits,
      passesAll: this.#passesAll,
      deadlineMsOf: (path) => plan.routing.deadlines.get(path),
    });
    proxy.serve(methodsOf(schema, undefined));
    // Not before: a call may be in hooks that take their time.
    entry.onClosed(sinks.lend(proxy.server, ServerCredentials.createInsecure()));
    const services = this.#servicesOf(schema);
    const admit = admitNative({
      ...guard,
      policies: () => plan.policies,
      tenantOf: () => plan.tenant,
      codeOf: (statusCode) => plan.mapper.codeOf?.(statusCode) ?? codeOfHttpStatus(statusCode),
    });
    const sink: GrpcSink = {
      name: listed.name,
      server: proxy.server,
      services,
      isLast: this.#passesAll,
      accepts: undefined,
      admit(native, pass) {
        native.stream.once("close", entry.inFlight.enter());
        admit(native, pass);
      },
    };
    const way = { proxy, schema, sink };
    this.#ways.set(entry, way);
    return way;
  }

  get #passesAll(): boolean {
    return this.#parts.native.services === "all";
  }

  #servicesOf(schema: Schema): ReadonlySet<string> | undefined {
    return this.#passesAll ? undefined : servicesOf(schema, undefined);
  }
}
