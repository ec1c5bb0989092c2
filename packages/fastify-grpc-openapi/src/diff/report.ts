import type { Change, ChangeLevel } from "./change.ts";

const titles: Readonly<Record<ChangeLevel, string>> = {
  breaking: "Breaking",
  warning: "Warnings",
  info: "Other changes",
};

/** A report for a pull request, in Markdown: one table per level, the worst first. */
export function markdownReport(changes: readonly Change[]): string {
  if (changes.length === 0) return "No changes to the API.\n";
  const sections = (Object.keys(titles) as ChangeLevel[]).flatMap((level) => {
    const rows = changes.filter((change) => change.level === level).map(row);
    if (rows.length === 0) return [];
    const head = `### ${titles[level]} (${rows.length})\n\n| where | what | rule |\n|---|---|---|`;
    return [[head, ...rows].join("\n")];
  });
  return `${sections.join("\n\n")}\n`;
}

/** One line per change, for a terminal. */
export function textReport(changes: readonly Change[]): string {
  if (changes.length === 0) return "No changes to the API.\n";
  const lines = changes.map(
    (change) => `${change.level}: ${where(change)}: ${change.message} [${change.rule}]`,
  );
  return `${lines.join("\n")}\n`;
}

function row(change: Change): string {
  const cells = [`\`${where(change)}\``, change.message, `\`${change.rule}\``];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function where({ subject, place }: Change): string {
  if (place === "") return subject;
  return place.startsWith(".") || place.startsWith("[") ? subject + place : `${subject} ${place}`;
}
