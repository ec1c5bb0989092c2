import { readFileSync } from "node:fs";
import { check } from "./check.ts";
import { type Command, type CommandContext, runCommand } from "./command.ts";
import { diff } from "./diff.ts";
import { emit } from "./emit.ts";
import { explain } from "./explain.ts";
import { UsageError } from "./usage-error.ts";

const commands: Readonly<Record<string, Command>> = { emit, diff, check, explain };

/**
 * Runs the command line `grpc-openapi`. Returns the exit code: 0 fine, 1 something was found, 2 wrong
 * arguments or protos that cannot be read.
 */
export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    const [topic] = rest;
    context.out((topic !== undefined && commands[topic]?.help) || usage());
    return name === undefined ? 2 : 0;
  }
  if (name === "--version" || name === "-v") {
    context.out(`${version()}\n`);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  try {
    if (command === undefined) {
      throw new UsageError(`there is no command ${JSON.stringify(name)}`);
    }
    return await runCommand(command, rest, context);
  } catch (error) {
    const help = command === undefined ? "" : ` ${name}`;
    const hint = error instanceof UsageError ? `\nSee grpc-openapi${help} --help\n` : "\n";
    context.error(`grpc-openapi: ${(error as Error).message}${hint}`);
    return 2;
  }
}

/** The version of the package, whose manifest lies beside both src and dist. */
function version(): string {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

function usage(): string {
  const lines = Object.entries(commands).map(
    ([name, { summary }]) => `  ${name.padEnd(9)}${summary}`,
  );
  return `Usage: grpc-openapi COMMAND [options]

OpenAPI documents of annotated protos (google.api.http), for continuous integration.

${lines.join("\n")}

grpc-openapi COMMAND --help tells the options of a command, grpc-openapi --version the version.
`;
}
