import { readFileSync } from "node:fs";

const AsyncFunction = (async () => {}).constructor as new (
  ...parts: string[]
) => (...values: unknown[]) => Promise<unknown>;

/** Runs an example with names for what the reader's app provides; answers the value of one of its own. */
export type Snippet = (names: object, result?: string) => Promise<unknown>;

function blocksOf(page: string, language: string): readonly string[] {
  const text = readFileSync(new URL(`../../../${page}`, import.meta.url), "utf8");
  const pattern = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms");
  return [...text.matchAll(pattern)].map(([, code = ""]) => code);
}

/** The JavaScript examples of a page, by its path from the root. */
export function snippetsOf(page: string): readonly Snippet[] {
  return blocksOf(page, "js").map((code) => {
    const body = code.replace(/^import .*$/gm, "");
    return (names, result = "undefined") =>
      new AsyncFunction(...Object.keys(names), `${body}\nreturn ${result};`)(
        ...Object.values(names),
      );
  });
}

/** The YAML examples of a page. */
export function yamlOf(page: string): readonly string[] {
  return blocksOf(page, "yaml");
}
