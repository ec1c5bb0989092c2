import type { CommentedDescriptor, Schema } from "grpc-transcoding";

/** A comment as a document shows it. */
export interface Description {
  /** The first paragraph on one line. */
  readonly summary: string;
  /** What follows the first paragraph. */
  readonly details: string;
  /** Everything. */
  readonly text: string;
}

const nothing: Description = { summary: "", details: "", text: "" };

/** The comment of a declaration, leading before trailing, without what is meant for linters and maintainers. */
export function describe(schema: Schema, desc: CommentedDescriptor): Description {
  const comment = schema.comment(desc);
  if (comment === undefined) return nothing;
  const text = cleanComment(comment.leading) || cleanComment(comment.trailing);
  if (text === "") return nothing;
  const [first = "", ...rest] = text.split(/\n\s*\n/);
  return {
    summary: first.replace(/\s*\n\s*/g, " "),
    details: rest.join("\n\n").trim(),
    text,
  };
}

/** Drops `(-- internal --)` parts (AIP-192) and linter directives, and turns `[Text][pkg.Name]` into `Text`. */
function cleanComment(raw: string): string {
  const text = raw
    .replace(/\(--[\s\S]*?--\)/g, "")
    .replace(/\[([^\][\n]+)\]\[([\w.]*)\]/g, "$1")
    .split("\n")
    .filter((line) => !/^\s*(?:buf:lint:|protolint:|api-linter:)/.test(line))
    .map((line) => line.trimEnd());
  return outdent(text).join("\n").trim();
}

// A space follows the comment mark by habit; deeper indentation is Markdown's.
function outdent(lines: readonly string[]): readonly string[] {
  const indents = lines.filter((line) => line !== "").map((line) => /^ */.exec(line)?.[0].length);
  const shared = Math.min(...indents.map((indent) => indent ?? 0));
  return Number.isFinite(shared) ? lines.map((line) => line.slice(shared)) : lines;
}
