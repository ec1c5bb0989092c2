import type { TestContext } from "node:test";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";

const { CHROME_PATH, CI } = process.env;
// @sparticuz/chromium is a Linux x64 binary; elsewhere CHROME_PATH names a browser.
const bundled = process.platform === "linux" && process.arch === "x64";

/** Why tests in a browser are skipped; false where there is one. */
export const noBrowser: string | false =
  CHROME_PATH || bundled ? false : "no browser: set CHROME_PATH to a Chrome or Chromium";

/** The browser, or undefined where its system libraries are missing: CI installs them, a user may not have them. */
export async function launch(t: TestContext): Promise<Browser | undefined> {
  try {
    const browser = await playwright.launch({
      executablePath: CHROME_PATH ?? (await chromium.executablePath()),
      args: CHROME_PATH ? [] : chromium.args,
      headless: true,
    });
    t.after(() => browser.close());
    return browser;
  } catch (error) {
    const missing = /error while loading shared libraries: (\S+):/.exec(String(error));
    if (missing === null || CI) throw error;
    t.skip(`the browser needs ${missing[1]}: apt-get install libnss3 libnspr4 libexpat1`);
    return undefined;
  }
}
