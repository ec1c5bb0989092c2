import { type ParseArgsConfig, parseArgs } from "node:util";
import { UsageError } from "./usage-error.ts";

/** Where a command reads from and writes to. */
export interface CommandContext {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
}

/** The values of a command's options by name. */
export type OptionValues = Readonly<
  Record<string, string | boolean | readonly string[] | undefined>
>;

/** One command of the command line. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  readonly help: string;
  readonly options: NonNullable<ParseArgsConfig["options"]>;
  /** Returns the exit code. Throws a {@link UsageError} for arguments that do not fit. */
  run(
    values: OptionValues,
    positionals: readonly string[],
    context: CommandContext,
  ): Promise<number>;
}

/** Parses a command's arguments and runs it. */
export async function runCommand(
  command: Command,
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  const options = { ...command.options, help: { type: "boolean", short: "h" } } as const;
  const { values, positionals } = parse(args, options);
  if (values.help) {
    context.out(command.help);
    return 0;
  }
  return command.run(values, positionals, context);
}

function parse(
  args: readonly string[],
  options: NonNullable<ParseArgsConfig["options"]>,
): { values: OptionValues; positionals: readonly string[] } {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true }) as never;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** An option's value where it is text. */
export function text(values: OptionValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

/** An option's values where it may be given several times. */
export function texts(values: OptionValues, name: string): readonly string[] {
  const value = values[name];
  return Array.isArray(value) ? value : [];
}

/** An option's value out of a few. Throws a {@link UsageError} for another. */
export function choice<T extends string>(
  values: OptionValues,
  name: string,
  choices: readonly T[],
): T | undefined {
  const value = values[name];
  if (value === undefined) return undefined;
  if (choices.includes(value as T)) return value as T;
  throw new UsageError(`--${name} is ${JSON.stringify(value)}; give one of ${choices.join(", ")}`);
}
