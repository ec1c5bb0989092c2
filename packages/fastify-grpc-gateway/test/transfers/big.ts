import { digestOf, jsonOf, startTransfer } from "./transfer-clients.ts";
import { hashOf, partsOf } from "./transfer-service.ts";
import { TransferTarget } from "./transfer-target.ts";
const MB = 2 ** 20;
const size = Number(process.argv[2] ?? 64) * MB;
for (const way of (process.argv[4] ?? "in-process,remote").split(",") as ("in-process" | "remote")[]) {
  for (const version of ["HTTP/1.1", "HTTP/2"] as const) {
    const target = await TransferTarget.start(way);
    const start = startTransfer[version];
    await digestOf(await start(target.port, `/v1/read/${16 * MB}`).answer);
    await jsonOf(await start(target.port, "/v1/write", { body: partsOf(16 * MB), contentType: "image/png" }).answer);
    for (let i = 0; i < Number(process.argv[3]??1); i++) {
    await target.restart();
    let t = performance.now();
    const d = await digestOf(await start(target.port, `/v1/read/${size}`).answer);
    console.log(way, version, "download", d.size === size, d.sha256 === hashOf(size), "growth", ((await target.growth()) / MB).toFixed(1), "ms", Math.round(performance.now() - t));
    await target.restart();
    t = performance.now();
    const u = await jsonOf(await start(target.port, "/v1/write", { body: partsOf(size), contentType: "image/png" }).answer) as any;
    console.log(way, version, "upload", u.name === hashOf(size), "growth", ((await target.growth()) / MB).toFixed(1), "ms", Math.round(performance.now() - t));
    }
    await target.stop();
  }
}
