import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import { buildApp } from "../src/app.ts";
import { createServiceServer } from "../src/service-server.ts";
import { launch, noBrowser } from "./browser.ts";

// SCREENSHOT names a file to look at.
const { SCREENSHOT } = process.env;

test("Swagger UI renders the document and calls the gateway", { skip: noBrowser }, async (t) => {
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
