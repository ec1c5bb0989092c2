import { readFileSync } from "node:fs";

const AsyncFunction = (async () => {}).constructor as new (
  ...parts: string[]
) => (...values: unknown[]) => Promise<unknown>;

/** Runs an example with names for what the reader's app provides; answers the value of one of its own. */
export type Snippet = (names: object, result?: string) => Promise<unknown>;

/** The JavaScript examples of a page, by its path from the root. */
export function snippetsOf(page: string): readonly Snippet[] {
  const text = readFileSync(new URL(`../../../../${page}`, import.meta.url), "utf8");
  return [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = ""]) => {
    const body = code.replace(/^import .*$/gm, "");
    return (names, result = "undefined") =>
      new AsyncFunction(...Object.keys(names), `${body}\nreturn ${result};`)(
        ...Object.values(names),
      );
  });
}
