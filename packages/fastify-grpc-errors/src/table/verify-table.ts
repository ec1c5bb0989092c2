import { quote } from "grpc-transcoding/internal";
import {
  FST_GRPC_ERRORS_ALLOW,
  FST_GRPC_ERRORS_METHOD,
  FST_GRPC_ERRORS_TENANT,
} from "../errors.ts";
import type { CheckedTable } from "./check-table.ts";
import { type MethodPattern, matchesMethod } from "./rule.ts";
import { refuseShadowed } from "./rule-overlap.ts";

/** What a table is about, known once the app is ready. */
export interface TableSubject {
  /** Every method of every gateway, as `"acme.v1.Library/GetBook"`. */
  readonly methods: readonly string[];
  /** Whether the app has a gateway, whose route table knows the `Allow` of a path. */
  readonly routed: boolean;
}

/** Checks of a table what needs the app: names that nothing has, rules that nothing reaches. Throws `FST_GRPC_ERRORS_*`. */
export function verifyTable(table: CheckedTable, subject: TableSubject): void {
  for (const { path, method } of table.declarations) knowMethod(path, method, subject);
  for (const { path, method, tenant, outcome } of table.rules) {
    if (method !== undefined) knowMethod(`${path}.when.method`, method, subject);
    if (tenant !== undefined && table.tenants?.has(tenant) === false) {
      throw new FST_GRPC_ERRORS_TENANT(
        `${path}.when.tenant`,
        quote(tenant),
        `no such tenant; known are ${[...table.tenants].join(", ")}`,
      );
    }
    if (outcome.status === 405 && !subject.routed) {
      throw new FST_GRPC_ERRORS_ALLOW(
        path,
        "405",
        "405 demands an Allow header (RFC 9110 §15.5.6), which only a gateway's route table knows: register fastify-grpc-gateway, or use 501",
      );
    }
  }
  refuseShadowed(table.rules, subject.methods);
}

/** The tenants that rules name, where the table does not list the known ones. */
export function uncheckedTenants(table: CheckedTable): readonly string[] {
  if (table.tenants !== undefined) return [];
  return [...new Set(table.rules.flatMap(({ tenant }) => (tenant === undefined ? [] : [tenant])))];
}

function knowMethod(path: string, method: MethodPattern, { methods }: TableSubject): void {
  if (methods.some((name) => matchesMethod(method, name))) return;
  throw new FST_GRPC_ERRORS_METHOD(
    path,
    quote(method.text),
    methods.length === 0
      ? "no gateway of this app has any method"
      : `no gateway has such a method; there are ${someOf(methods)}`,
  );
}

function someOf(methods: readonly string[]): string {
  const shown = methods.slice(0, 10).join(", ");
  return methods.length > 10 ? `${shown} and ${methods.length - 10} more` : shown;
}
