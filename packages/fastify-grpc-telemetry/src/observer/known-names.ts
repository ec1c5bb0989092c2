import type { GatewayEntry, ObservedCall, Schema } from "grpc-transcoding";
import { OTHER } from "../semantics/conventions.ts";

/** Names that clients choose, as labels and spans may have them: those that the gateway knows, and `_OTHER`. */
export class KnownNames {
  readonly #entry: GatewayEntry;
  readonly #tenants: ReadonlySet<string>;
  /** By wire path: the same text each time, whose hash is computed but once. */
  readonly #methods = new WeakMap<Schema, ReadonlyMap<string, string>>();
  #routes: ReadonlySet<string> = new Set();
  #revision = -1;

  constructor(entry: GatewayEntry, tenants: readonly string[]) {
    this.#entry = entry;
    this.#tenants = new Set(tenants);
  }

  /** `"package.Service/Method"`; undefined where no method is called. */
  method({ path, protocol, tenant }: ObservedCall): string | undefined {
    if (path === undefined) return undefined;
    const known = this.#methodsOf(tenant).get(path);
    // A route of HTTP has been matched, if perhaps on a schema that has been reloaded since.
    return known ?? (protocol === "http" ? path.slice(1) : OTHER);
  }

  tenant(tenant: string | undefined): string {
    if (tenant === undefined) return "";
    return this.#isKnown(tenant) ? tenant : OTHER;
  }

  /** The template; its prefix may be a tenant's name, as a client wrote it. */
  route({ template, tenant }: ObservedCall): string | undefined {
    if (template === undefined || tenant === undefined || this.#isKnown(tenant)) return template;
    return this.#ownRoutes().has(template) ? template : OTHER;
  }

  #isKnown(tenant: string): boolean {
    return this.#tenants.has(tenant) || this.#entry.tenants?.includes(tenant) === true;
  }

  #methodsOf(tenant: string | undefined): ReadonlyMap<string, string> {
    const schema = this.#entry.schemaOf?.(tenant) ?? this.#entry.schema;
    let methods = this.#methods.get(schema);
    if (methods === undefined) {
      const all = schema.services.flatMap((service) => service.methods);
      const paths = [...all.map(({ path }) => path), ...healthMethods];
      methods = new Map(paths.map((path) => [path, path.slice(1)]));
      this.#methods.set(schema, methods);
    }
    return methods;
  }

  #ownRoutes(): ReadonlySet<string> {
    const { revision, bindings, prefix } = this.#entry;
    if (revision !== this.#revision) {
      this.#revision = revision;
      this.#routes = new Set(bindings.map(({ template }) => prefix + template.text));
    }
    return this.#routes;
  }
}

const healthMethods = ["Check", "List", "Watch"].map((name) => `/grpc.health.v1.Health/${name}`);
