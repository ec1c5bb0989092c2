// The short form of the `leaks` of `npm run test:attacks`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { leakApps, startLeakApp } from "./leak-app.ts";
import { leakCases } from "./leak-cases.ts";
import { leaksOf } from "./leaks.ts";

// Two apps of the four have each case: 200 calls.
const callsInEach = 100;

for (const [name, options] of Object.entries(leakApps)) {
  test(`calls of each kind, ended in each way, leave nothing: ${name}`, {
    timeout: 60_000,
  }, async (t) => {
    const app = await startLeakApp(options);
    t.after(() => app.close());
    for (const leakCase of leakCases(options)) {
      assert.deepEqual(await leaksOf(app, leakCase, callsInEach), [], leakCase.name);
    }
  });
}
