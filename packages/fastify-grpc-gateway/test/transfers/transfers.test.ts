// The short form of `npm run test:attacks -- transfers`: each with smaller files, in the same processes.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ways } from "../files/files-service.ts";
import { earlyEnds, pausedReaders, pausedSides, wholeFiles } from "./transfer-checks.ts";
import type { HttpVersion } from "./transfer-clients.ts";
import { TransferTarget } from "./transfer-target.ts";

const size = 64 * 2 ** 20;
const checks = [...pausedSides, pausedReaders(20), ...earlyEnds, ...wholeFiles(size)];
const versions: readonly HttpVersion[] = ["HTTP/1.1", "HTTP/2"];

for (const way of ways) {
  for (const version of versions) {
    let target: TransferTarget;
    before(async () => {
      target = await TransferTarget.start(way);
    });
    after(() => target?.stop());

    for (const { name, run } of checks) {
      test(`${way}, ${version}: ${name} costs no memory and no time`, async () => {
        const { broken } = await run(target, version);
        assert.deepEqual(broken, []);
      });
    }
  }
}
