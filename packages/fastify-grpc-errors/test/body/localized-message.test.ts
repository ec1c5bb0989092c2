import assert from "node:assert/strict";
import { test } from "node:test";
import { preferLanguage } from "../../src/body/localized-message.ts";

const messages = ["en-US", "de", "zh-Hant-TW", "pt-BR"].map((locale) => ({ locale, message: "" }));

const choices: [acceptLanguage: string | undefined, locale: string | undefined][] = [
  [undefined, "en-US"],
  ["de", "de"],
  ["DE-ch", "de"],
  ["en", "en-US"],
  ["en-GB", undefined],
  ["zh-hant-tw-x-private", "zh-Hant-TW"],
  ["zh", "zh-Hant-TW"],
  ["ja, pt;q=0.1", "pt-BR"],
  ["de;q=0.1, en-US;q=0.2", "en-US"],
  ["de;q=0, en-US;q=0", undefined],
  ["ja, *;q=0.1", "en-US"],
  ["", undefined],
  ["-", undefined],
];
for (const [acceptLanguage, locale] of choices) {
  test(`Accept-Language: ${acceptLanguage} chooses ${locale}`, () => {
    assert.equal(preferLanguage(messages, acceptLanguage)?.locale, locale);
  });
}
