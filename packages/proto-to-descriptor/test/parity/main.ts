// Compares the compiler with protoc and buf: `npm run parity -w packages/proto-to-descriptor`.
// Arguments name the checks to run (google-apis, corpus, invalid, edits, editions; default all).
// UPDATE_GOLDEN=1 writes the descriptor fixtures that `npm test` compares with.
import { compareCorpus, compareInvalidFiles } from "./corpus.ts";
import { compareEditions } from "./editions.ts";
import { compareEdits } from "./edits.ts";
import { compareGoogleApis } from "./google-apis.ts";
import { protocMissing } from "./tool.ts";

const EDITS = Number(process.env.EDITS ?? 10_000);
const SEED = Number(process.env.SEED ?? 20_261_120);

const update = process.env.UPDATE_GOLDEN === "1";
const chosen = process.argv.slice(2);
const isChosen = (check: string): boolean => chosen.length === 0 || chosen.includes(check);
const missing = protocMissing();
let failures = 0;
for (const [check, run] of [
  ["corpus", () => compareCorpus(update)],
  ["invalid", compareInvalidFiles],
  ["google-apis", compareGoogleApis],
  ["edits", () => compareEdits(EDITS, SEED)],
] as const) {
  if (!isChosen(check)) continue;
  if (missing === undefined) failures += run();
  else console.log(`skip ${check}: ${missing}`);
}
if (isChosen("editions")) failures += compareEditions(update);
console.log(failures === 0 ? "parity holds" : `${failures} differences`);
process.exitCode = failures === 0 ? 0 : 1;
