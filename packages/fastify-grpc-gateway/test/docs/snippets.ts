import { readFileSync } from "node:fs";

const AsyncFunction = (async () => {}).constructor as new (
  ...parts: string[]
) => (...values: unknown[]) => Promise<unknown>;

/** The JavaScript examples of a page under `docs/`, each as a function that runs it. */
export function snippetsOf(page: string): ((names: object, result?: string) => Promise<unknown>)[] {
  const text = readFileSync(new URL(`../../../../docs/${page}`, import.meta.url), "utf8");
  return [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = ""]) => {
    const body = code.replace(/^import .*$/gm, "");
    // The names stand for what the page's imports and the reader's app provide.
    return (names, result = "undefined") =>
      new AsyncFunction(...Object.keys(names), `${body}\nreturn ${result};`)(
        ...Object.values(names),
      );
  });
}
