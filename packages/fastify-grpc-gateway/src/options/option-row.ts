import type { Check } from "./checks.ts";
import type { PresetName } from "./preset.ts";

/** A value for each preset. */
export type PresetValues<T> = Readonly<Record<PresetName, T>>;

/** One option: all that is to be known of it. */
export interface OptionRow<
  Given = unknown,
  Resolved = Given,
  Default = PresetValues<Resolved | undefined> | "required",
> {
  /** For whoever sets it, in Markdown; a row of the README. */
  readonly help: string;
  readonly check: Check<Given>;
  /** What it is where it is not given; undefined leaves it out. */
  readonly default: Default;
  /** Makes the resolved value of a given one, where they differ. */
  read?(value: Given): Resolved;
  /** In words, what holds where a default is left out. */
  readonly otherwise?: string;
  /** Whether it names the schema: exactly one of these options is given. */
  readonly namesSchema?: true;
}

/** An option that holds options. */
export interface GroupRow<Given = unknown, Resolved = Given> {
  readonly help: string;
  readonly members: OptionRows<Members<Given>, Members<Resolved>>;
  /** Whether `false` stands for none, and `true` for all its defaults; `"off"`: `false` is what it is where it is not given. */
  readonly switchable: boolean | "off";
}

/** A value that presets differ in and that nobody can set on its own. */
export interface PresetRow<T = unknown> {
  readonly help: string;
  readonly preset: PresetValues<T>;
}

/** The rows of all members of `Given`, as they come to be in `Resolved`. */
export type OptionRows<Given, Resolved> = {
  readonly [K in keyof Given]-?: K extends keyof Resolved
    ? RowOf<
        Exclude<Given[K], undefined>,
        Exclude<Resolved[K], undefined>,
        RowDefault<Given, Resolved, K>
      >
    : never;
};

/** The rows of values that belong to presets. */
export type PresetRows<Values> = { readonly [K in keyof Values]-?: PresetRow<Values[K]> };

/** Rows of any options, as those see them who walk a table. */
export type AnyRows = Readonly<Record<string, OptionRow | GroupRow | PresetRow>>;

type RowOf<Given, Resolved, Default> =
  | OptionRow<Given, Resolved, Default>
  | GroupRow<Given, Resolved>;

/** Only what may stay away when resolved may be without a default. */
type RowDefault<Given, Resolved, K extends keyof Given & keyof Resolved> =
  IsOptional<Given, K> extends false
    ? "required"
    : PresetValues<IsOptional<Resolved, K> extends true ? Resolved[K] | undefined : Resolved[K]>;

type IsOptional<T, K extends keyof T> = Record<never, never> extends Pick<T, K> ? true : false;

/** What a switchable group holds beside its switch. */
type Members<Group> = Exclude<Group, boolean>;

/** One default for all presets. */
export function always<T>(value: T): PresetValues<T> {
  return { standard: value, "grpc-gateway": value };
}
