import { writeFile } from "node:fs/promises";
import type { ChangeLevel } from "../diff/change.ts";
import { compareDocuments } from "../diff/compare-documents.ts";
import { markdownReport, textReport } from "../diff/report.ts";
import type { OpenApiDocument } from "../model/openapi.ts";
import { versionOf } from "../version/lower-document.ts";
import { type Command, choice, text, texts } from "./command.ts";
import { readData } from "./source-options.ts";
import { UsageError } from "./usage-error.ts";

/** `grpc-openapi diff`: tells whether a change of the API breaks its clients. */
export const diff: Command = {
  summary: "compare two documents, and fail when the change breaks clients",
  help: `Usage: grpc-openapi diff [options] OLD NEW

Compares two OpenAPI 3 documents (JSON or YAML). A change is judged by its direction: a request may
take more, a response may give less variety; the other way round it breaks clients.
Exits with 1 when there is a change at the level of --fail-on or above, 2 for wrong arguments.

  git show origin/main:openapi.yaml > old.yaml
  grpc-openapi diff old.yaml openapi.yaml --markdown report.md

Options:
      --fail-on LEVEL      breaking, warning or never; default breaking
      --format FORMAT      text, markdown or json; default text
      --markdown FILE      also writes the Markdown report to a file
      --ignore RULE        leaves out changes of a rule (the name in brackets); repeatable
`,
  options: {
    "fail-on": { type: "string" },
    format: { type: "string" },
    markdown: { type: "string" },
    ignore: { type: "string", multiple: true },
  },
  async run(values, positionals, context) {
    const [oldPath, newPath, ...rest] = positionals;
    if (oldPath === undefined || newPath === undefined || rest.length > 0) {
      throw new UsageError("give two documents: OLD NEW");
    }
    const failOn = choice(values, "fail-on", ["breaking", "warning", "never"]) ?? "breaking";
    const format = choice(values, "format", ["text", "markdown", "json"]) ?? "text";
    const ignored = texts(values, "ignore");
    const [before, after] = await Promise.all([readDocument(oldPath), readDocument(newPath)]);
    const changes = compareDocuments(before, after).filter(({ rule }) => !ignored.includes(rule));
    const markdown = text(values, "markdown");
    if (markdown !== undefined) await writeFile(markdown, markdownReport(changes));
    if (format === "json") context.out(`${JSON.stringify(changes, null, 2)}\n`);
    else context.out(format === "markdown" ? markdownReport(changes) : textReport(changes));
    return changes.some(({ level }) => failing[failOn].includes(level)) ? 1 : 0;
  },
};

const failing: Readonly<Record<"breaking" | "warning" | "never", readonly ChangeLevel[]>> = {
  breaking: ["breaking"],
  warning: ["breaking", "warning"],
  never: [],
};

async function readDocument(path: string): Promise<OpenApiDocument> {
  const document = (await readData(path)) as OpenApiDocument | null;
  if (typeof document?.openapi !== "string") {
    throw new UsageError(`${path}: no OpenAPI 3 document: it has no member "openapi"`);
  }
  versionOf(document.openapi);
  return document;
}
