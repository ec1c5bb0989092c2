import { FST_GRPC_OPTION } from "../errors.ts";
import type { FastifyGrpcGatewayOptions } from "./gateway-options.ts";
import { memberPath, requireNames, requireOption } from "./option-problem.ts";
import type { AnyRows, GroupRow, OptionRow, PresetRow } from "./option-row.ts";
import { optionTable } from "./option-table.ts";
import type { PresetName } from "./preset.ts";
import type { ResolvedOptions } from "./resolved-options.ts";

// Fastify reads it of any plugin's options itself.
const OF_FASTIFY = "logLevel";

/**
 * Checks options and fills in defaults, as {@link optionTable} has them. Throws FST_GRPC_OPTION, with a sentence
 * that names option, value and fix, for an option that is unknown, malformed or missing.
 */
export function resolveOptions(given: FastifyGrpcGatewayOptions): ResolvedOptions {
  const { preset } = optionTable;
  const rows: AnyRows = optionTable;
  requireNames("", [...optionNames(rows), OF_FASTIFY], given);
  requireOneSchema(rows, given);
  const chosen = resolveRow("preset", preset, given.preset, "standard") as PresetName;
  return resolveRows("", rows, given, chosen) as unknown as ResolvedOptions;
}

type Values = Readonly<Record<string, unknown>>;

/** The names that users may give: all but those of presets. */
function optionNames(rows: AnyRows): string[] {
  return Object.keys(rows).filter((name) => !("preset" in (rows[name] as object)));
}

function resolveRows(path: string, rows: AnyRows, given: object, preset: PresetName): Values {
  const resolved: Record<string, unknown> = {};
  for (const [name, row] of Object.entries(rows)) {
    const value = resolveRow(memberPath(path, name), row, (given as Values)[name], preset);
    if (value !== undefined) resolved[name] = value;
  }
  return resolved;
}

function resolveRow(
  path: string,
  row: OptionRow | GroupRow | PresetRow,
  given: unknown,
  preset: PresetName,
): unknown {
  if ("preset" in row) return row.preset[preset];
  if ("members" in row) return resolveGroup(path, row, given, preset);
  if (given === undefined && row.default !== "required") return row.default[preset];
  const value = requireOption(path, row.check, given);
  return row.read === undefined ? value : row.read(value);
}

function resolveGroup(
  path: string,
  { members, switchable }: GroupRow,
  given: unknown,
  preset: PresetName,
): unknown {
  if (switchable && given === false) return false;
  if (switchable === "off" && given === undefined) return false;
  const rows: AnyRows = members;
  const values = given === undefined || (switchable && given === true) ? {} : given;
  return resolveRows(path, rows, requireNames(path, optionNames(rows), values), preset);
}

function requireOneSchema(rows: AnyRows, given: object): void {
  const sources = Object.entries(rows).flatMap(([name, row]) =>
    "namesSchema" in row && row.default !== "required"
      ? [{ name, value: (given as Values)[name], without: row.default.standard }]
      : [],
  );
  const named = sources
    .filter(({ value, without }) => value !== undefined && value !== without)
    .map(({ name }) => name);
  if (named.length === 1) return;
  throw new FST_GRPC_OPTION(
    named.length === 0
      ? `give the schema by one of the options ${sources.map(({ name }) => name).join(", ")}: for example proto: "proto"`
      : `options ${named.join(" and ")} name two schemas; give one of them`,
  );
}
