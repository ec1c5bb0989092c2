import type { FastifyGrpcGatewayOptions } from "./gateway-options.ts";
import { memberPath, requireNames, requireOption } from "./option-problem.ts";
import type { AnyRows, GroupRow, OptionRow, PresetRow } from "./option-row.ts";
import { optionTable } from "./option-table.ts";
import type { PresetName } from "./preset.ts";
import type { ResolvedOptions } from "./resolved-options.ts";

/** The options of a gateway that a tenant may have of its own, each as the gateway's. */
export const tenantOptionNames = [
  "preset",
  "json",
  "unknownQuery",
  "query",
  "partialResponses",
  "prettyPrint",
  "pathBodyConflict",
  "pathUnescape",
  "patchFieldMask",
  "methods",
  "headers",
  "deadline",
  "limits",
  "streaming",
  "rules",
  "rulesMode",
  "generateUnboundMethods",
  "errors",
  "policies",
  "interceptors",
] as const;

/** See {@link tenantOptionNames}. */
export type OptionsOfTenant = Pick<FastifyGrpcGatewayOptions, (typeof tenantOptionNames)[number]>;

/**
 * The options that a tenant's requests are answered by: its own, and the gateway's where it has none, member by member. A
 * preset brings what presets differ in. Throws FST_GRPC_OPTION, naming the option `tenant.…`, for a malformed one.
 */
export function resolveTenantOptions(
  given: OptionsOfTenant,
  gateway: ResolvedOptions,
): ResolvedOptions {
  const { preset } = given;
  inheritRow("tenant.preset", optionTable.preset, preset, undefined, undefined);
  const own = Object.fromEntries(tenantOptionNames.map((name) => [name, given[name]]));
  return inheritRows("tenant", optionTable, own, gateway, preset) as unknown as ResolvedOptions;
}

type Values = Readonly<Record<string, unknown>>;

function inheritRows(
  path: string,
  rows: AnyRows,
  given: Values,
  inherited: object,
  preset: PresetName | undefined,
): Values {
  const resolved: Record<string, unknown> = {};
  for (const [name, row] of Object.entries(rows)) {
    const from = (inherited as Values)[name];
    const value = inheritRow(memberPath(path, name), row, given[name], from, preset);
    if (value !== undefined) resolved[name] = value;
  }
  return resolved;
}

function inheritRow(
  path: string,
  row: OptionRow | GroupRow | PresetRow,
  given: unknown,
  inherited: unknown,
  preset: PresetName | undefined,
): unknown {
  if ("preset" in row) return preset === undefined ? inherited : row.preset[preset];
  if ("members" in row) {
    // One that is switched off has no members.
    if (typeof inherited !== "object" || inherited === null) return inherited;
    const members: AnyRows = row.members;
    const own = given === undefined ? {} : requireNames(path, Object.keys(members), given);
    return inheritRows(path, members, own, inherited, preset);
  }
  if (given === undefined) {
    const isOfPreset = preset !== undefined && differs(row);
    return isOfPreset ? row.default[preset] : inherited;
  }
  const value = requireOption(path, row.check, given);
  return row.read === undefined ? value : row.read(value);
}

type DifferingRow = OptionRow & { readonly default: Readonly<Record<PresetName, unknown>> };

function differs(row: OptionRow): row is DifferingRow {
  return row.default !== "required" && row.default.standard !== row.default["grpc-gateway"];
}
