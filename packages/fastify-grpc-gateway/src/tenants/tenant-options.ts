import type { ReadySource, Schema, SchemaSource } from "grpc-transcoding";
import { FST_GRPC_OPTION } from "../errors.ts";
import { type Check, having, text, textList } from "../options/checks.ts";
import { requireNames, requireOption } from "../options/option-problem.ts";
import { type OptionsOfTenant, tenantOptionNames } from "../options/resolve-tenant-options.ts";
import { upstream } from "../options/upstream-check.ts";
import { urlPrefix } from "../options/url-prefix-check.ts";
import type { Upstream } from "../transport/upstream.ts";

/**
 * What a tenant has of its own; what is left out is the gateway's, of groups member by member. Its policies run after the
 * gateway's, its interceptors inside them.
 */
export interface TenantOptions extends OptionsOfTenant {
  /** Its API: a schema, or a registry of protobuf-es. */
  readonly schema?: ReadySource["schema"];
  /** Or where to load its API from: anything that `loadSchema` takes. */
  readonly source?: SchemaSource;
  /** Of its own API: full names, or prefixes such as `"library.v1.*"`. @default all */
  readonly services?: readonly string[];
  /** Where its calls go, by a transport of its own, which ends with the tenant. */
  readonly upstream?: Upstream;
  /** What the gateway's option `tenant` takes of its paths: told to the OpenAPI document, nothing else. @default "" */
  readonly prefix?: string;
}

type OwnOptions = Omit<TenantOptions, keyof OptionsOfTenant>;

const checks: { readonly [K in keyof OwnOptions]-?: Check<NonNullable<OwnOptions[K]>> } = {
  schema: having<Schema>("a Schema of loadSchema, or a FileRegistry of @bufbuild/protobuf", {}),
  source: having<SchemaSource>('a source of a schema such as { proto: "proto" }', {}),
  services: textList('a list of services such as ["library.v1.*"]', 1),
  upstream,
  prefix: urlPrefix,
};

/** Throws FST_GRPC_OPTION for a name or options that no tenant can have; those of a gateway are checked where they are resolved. */
export function checkTenant(name: string, options: TenantOptions): void {
  requireOption("tenant", text("a name that is not empty"), name);
  const known = [...Object.keys(checks), ...tenantOptionNames];
  const given = requireNames("tenant", known, options);
  for (const [member, check] of Object.entries<Check>(checks)) {
    if (given[member] !== undefined) requireOption(`tenant.${member}`, check, given[member]);
  }
  const { schema, source, services } = options;
  if (schema !== undefined && source !== undefined) {
    throw new FST_GRPC_OPTION(
      'options "tenant.schema" and "tenant.source" name two schemas; give one of them',
    );
  }
  if (services !== undefined && schema === undefined && source === undefined) {
    throw new FST_GRPC_OPTION(
      'option "tenant.services" chooses among the services of a tenant\'s own schema: give schema or source as well',
    );
  }
}

/** Where a tenant's own schema comes from; undefined for a tenant with the gateway's API. */
export function sourceOfTenant({ schema, source }: TenantOptions): SchemaSource | undefined {
  if (schema !== undefined) return { schema };
  return source;
}
