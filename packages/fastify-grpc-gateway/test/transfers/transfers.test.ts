// The short form of `npm run test:attacks -- transfers`: smaller files, and one process for all checks of a way.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ways } from "../files/files-service.ts";
import { earlyEnds, pausedReaders, pausedSides, wholeFiles } from "./transfer-checks.ts";
import { type HttpVersion, startTransfer } from "./transfer-clients.ts";
import { TransferTarget } from "./transfer-target.ts";

const size = 64 * 2 ** 20;
const checks = [...pausedSides, ...earlyEnds, ...wholeFiles(size)];

for (const way of ways) {
  for (const version of Object.keys(startTransfer) as HttpVersion[]) {
    test(`${way}, ${version}: files flow within bounds`, async (t) => {
      const target = await TransferTarget.start(way);
      t.after(() => target.stop());
      // Who is paused costs most over HTTP/1.1, where the kernel holds a part as well.
      const many = version === "HTTP/1.1" ? [pausedReaders(20)] : [];
      for (const { name, run } of [...many, ...checks]) {
        await t.test(`${name} costs no more memory or time than it may`, async () => {
          const { broken } = await run(target, version);
          assert.deepEqual(broken, []);
        });
      }
    });
  }
}
