import type { AnyRows, GroupRow, OptionRow } from "../../src/options/option-row.ts";
import { optionTable } from "../../src/options/option-table.ts";

/** A row of the option table with the option's full name: `json.emit`. */
export interface NamedRow<Row> {
  readonly path: string;
  readonly row: Row;
}

/** Every row that users may set, in order; groups before their members. */
export const namedRows: readonly NamedRow<OptionRow | GroupRow>[] = rowsOf(optionTable, "");

export const optionRows: readonly NamedRow<OptionRow>[] = namedRows.filter(
  (named): named is NamedRow<OptionRow> => "check" in named.row,
);

export const groupRows: readonly NamedRow<GroupRow>[] = namedRows.filter(
  (named): named is NamedRow<GroupRow> => "members" in named.row,
);

function rowsOf(rows: AnyRows, before: string): NamedRow<OptionRow | GroupRow>[] {
  return Object.entries(rows).flatMap(([name, row]) => {
    if ("preset" in row) return [];
    const path = before + name;
    return "members" in row ? [{ path, row }, ...rowsOf(row.members, `${path}.`)] : [{ path, row }];
  });
}
