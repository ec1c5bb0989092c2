import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";
import { buildApp } from "../src/app.ts";
import { createServiceServer } from "../src/service-server.ts";

const { CHROME_PATH, CI } = process.env;
// @sparticuz/chromium is a Linux x64 binary; elsewhere CHROME_PATH names a browser.
const bundled = process.platform === "linux" && process.arch === "x64";
const skip = CHROME_PATH || bundled ? false : "no browser: set CHROME_PATH to a Chrome or Chromium";

/** The browser, or undefined where its system libraries are missing: CI installs them, a user may not have them. */
async function launch(t: TestContext): Promise<Browser | undefined> {
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

test("Swagger UI renders the document and calls the gateway", { skip }, async (t) => {
  const browser = await launch(t);
  if (browser === undefined) return;
  const app = await buildApp({ upstream: await createServiceServer() });
  t.after(() => app.close());
  const origin = await app.listen({ port: 0, host: "127.0.0.1" });
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(`${origin}/docs`);

  await t.test("a POST with a body", async () => {
    const operation = page.locator("#operations-Cat-Cat_Sum");
    await operation.locator(".opblock-summary-control").click();
    await operation.getByRole("button", { name: "Try it out" }).click();
    await operation.locator("textarea.body-param__text").fill('{"vals":[1,2,3]}');
    await operation.getByRole("button", { name: "Execute" }).click();
    const body = operation.locator(".live-responses-table .highlight-code").first();
    assert.match((await body.textContent()) ?? "", /"val": 6/);
  });

  await t.test("a GET with path variables", async () => {
    const operation = page.locator("#operations-LibraryService-LibraryService_GetBook");
    await operation.locator(".opblock-summary-control").click();
    await operation.getByRole("button", { name: "Try it out" }).click();
    await operation.locator('[data-param-name="shelf"] input').fill("fiction");
    await operation.locator('[data-param-name="book"] input').fill("moby-dick");
    await operation.getByRole("button", { name: "Execute" }).click();
    const body = operation.locator(".live-responses-table .highlight-code").first();
    assert.match((await body.textContent()) ?? "", /Herman Melville/);
  });

  assert.deepEqual(errors, []);
});
