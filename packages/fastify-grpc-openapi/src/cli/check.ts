import { checkSource } from "../completeness/check-source.ts";
import type { Finding, FindingLevel } from "../model/finding.ts";
import { type Command, choice, texts } from "./command.ts";
import { loadSource, sourceHelp, sourceOptions } from "./source-options.ts";

/** `grpc-openapi check`: lists what readers of the document would miss. */
export const check: Command = {
  summary: "list what readers of the document would miss",
  help: `Usage: grpc-openapi check [options] PROTO...

Lists what the document of some protos cannot show: methods that no rule binds, fields that no
request can carry, references to nothing; with --lint comments also everything without a comment.
Exits with 1 when there is a finding at the level of --fail-on or above, 2 for wrong arguments.

  grpc-openapi check proto --lint comments

Options:
      --lint LEVEL         basic or comments; default basic
      --fail-on LEVEL      error, warning or never; default warning
      --format FORMAT      text or json; default text
      --ignore RULE        leaves out findings of a rule (the name in brackets); repeatable

${sourceHelp}`,
  options: {
    ...sourceOptions,
    lint: { type: "string" },
    "fail-on": { type: "string" },
    format: { type: "string" },
    ignore: { type: "string", multiple: true },
  },
  async run(values, protos, context) {
    const lint = choice(values, "lint", ["basic", "comments"]) ?? "basic";
    const failOn = choice(values, "fail-on", ["error", "warning", "never"]) ?? "warning";
    const format = choice(values, "format", ["text", "json"]) ?? "text";
    const ignored = texts(values, "ignore");
    const { source, document } = await loadSource(values, protos);
    const { findings } = checkSource(source, document, lint);
    const shown = findings.filter(({ rule }) => !ignored.includes(rule));
    if (format === "json") context.out(`${JSON.stringify(shown, null, 2)}\n`);
    else context.out(summary(shown, source.bindings.length));
    return shown.some(({ level }) => failing[failOn].includes(level)) ? 1 : 0;
  },
};

const failing: Readonly<Record<"error" | "warning" | "never", readonly FindingLevel[]>> = {
  error: ["error"],
  warning: ["error", "warning"],
  never: [],
};

function summary(findings: readonly Finding[], bindings: number): string {
  const lines = findings.map(
    ({ level, location, subject, message, rule }) =>
      `${location === undefined ? "" : `${location}: `}${level}: ${subject}: ${message} [${rule}]`,
  );
  const count = findings.length === 0 ? "nothing missing" : counted(findings.length, "finding");
  return `${[...lines, `${counted(bindings, "operation")}, ${count}`].join("\n")}\n`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
