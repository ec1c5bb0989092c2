import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import chromium from "@sparticuz/chromium";
import { type Browser, type Locator, chromium as playwright } from "playwright-core";
import { buildApp } from "../src/app.ts";
import { createServiceServer } from "../src/service-server.ts";

// SCREENSHOT names a file to look at.
const { CHROME_PATH, CI, SCREENSHOT } = process.env;
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

  /** Opens an operation, fills it in, executes it, and answers its panel. */
  const execute = async (
    id: string,
    parameters: Record<string, string>,
    body?: string,
  ): Promise<Locator> => {
    const operation = page.locator(`#operations-${id}`);
    await operation.locator(".opblock-summary-control").click();
    await operation.getByRole("button", { name: "Try it out" }).click();
    for (const [name, value] of Object.entries(parameters)) {
      await operation.locator(`[data-param-name="${name}"] input`).first().fill(value);
    }
    if (body !== undefined) await operation.locator("textarea.body-param__text").fill(body);
    await operation.getByRole("button", { name: "Execute" }).click();
    await operation.locator(".live-responses-table .response-col_status").first().waitFor();
    return operation;
  };
  const answerOf = async (operation: Locator): Promise<string> => {
    const live = operation.locator(".live-responses-table");
    return `${await live.locator(".response-col_status").nth(1).textContent()} ${await live
      .locator(".highlight-code")
      .first()
      .textContent()}`;
  };

  await t.test("a POST with a body", async () => {
    const operation = await execute("Cat-Cat_Sum", {}, '{"vals":[1,2,3]}');
    assert.match(await answerOf(operation), /"val": 6/);
  });

  await t.test("a GET with path variables", async () => {
    const book = { shelf: "fiction", book: "moby-dick" };
    const operation = await execute("LibraryService-LibraryService_GetBook", book);
    assert.match(await answerOf(operation), /Herman Melville/);
  });

  await t.test("path, query and body at once", async () => {
    const operation = await execute(
      "LibraryService-LibraryService_CreateBook",
      { shelf: "fiction", bookId: "emma" },
      '{"title":"Emma"}',
    );
    assert.match(await answerOf(operation), /shelves\/fiction\/books\/emma/);
  });

  await t.test("an error as it is documented", async () => {
    const book = { shelf: "science", book: "origin-of-species" };
    const operation = await execute(
      "LibraryService-LibraryService_LendBook",
      book,
      '{"reader":"ada"}',
    );
    assert.match(await answerOf(operation), /BOOK_NOT_AVAILABLE/);
    // What the table makes of FAILED_PRECONDITION is among the documented responses.
    const documented = operation.locator('tr.response[data-code="422"]');
    const text = (await documented.last().textContent()) ?? "";
    assert.match(text, /The book is lent or lost/);
    assert.match(text, /x-google-errors.*FAILED_PRECONDITION.*BOOK_NOT_AVAILABLE/s);
    if (SCREENSHOT) await operation.screenshot({ path: SCREENSHOT });
  });

  assert.deepEqual(errors, []);
});
