import { digestOf, jsonOf, startTransfer } from "./transfer-clients.ts";
import { hashOf, partsOf, uploadKinds } from "./transfer-service.ts";
import { TransferTarget } from "./transfer-target.ts";
const MB = 2 ** 20;
const size = Number(process.argv[2] ?? 64) * MB;
for (const way of ["in-process", "remote"] as const) {
  for (const version of ["HTTP/1.1", "HTTP/2"] as const) {
    let target = await TransferTarget.start(way);
    const start = startTransfer[version];
    await digestOf(await start(target.port, `/v1/read/${16 * MB}`).answer);
    await jsonOf(await start(target.port, "/v1/write", { body: partsOf(16 * MB), contentType: "image/png" }).answer);
    await target.restart();
    let t = performance.now();
    const d = await digestOf(await start(target.port, `/v1/read/${size}`).answer);
    console.log(way, version, "download", d.size === size, d.sha256 === hashOf(size), "growth", ((await target.growth()) / MB).toFixed(1), "ms", Math.round(performance.now() - t));
    await target.restart();
    t = performance.now();
    const u = await jsonOf(await start(target.port, "/v1/write", { body: partsOf(size), contentType: "image/png" }).answer) as any;
    console.log(way, version, "upload", u.name === hashOf(size), "growth", ((await target.growth()) / MB).toFixed(1), "ms", Math.round(performance.now() - t));
    for (const path of ["/v1/read/", "/v1/lines/"]) {
      await target.restart();
      const p = start(target.port, path + 200 * MB);
      await p.answer;
      const s = await target.whenStill();
      console.log(way, version, "paused reader", path, "sent", (s.sent / MB).toFixed(1), "growth", ((await target.growth()) / MB).toFixed(1));
      const at = performance.timeOrigin + performance.now();
      p.leave();
      const c = await target.until(({ open }) => open === 0);
      console.log("   cancelled after", (c.cancelledAt - at).toFixed(1));
    }
    await target.restart();
    const w = start(target.port, "/v1/write", { body: partsOf(200 * MB), contentType: uploadKinds.paused });
    await target.until(({ received }) => received > 0);
    const s = await target.whenStill();
    console.log(way, version, "paused service: client sent", (w.sent() / MB).toFixed(1), "received", (s.received / MB).toFixed(2), "growth", ((await target.growth()) / MB).toFixed(1));
    await target.stop();
    target = await TransferTarget.start(way);
    const stalled = async function* () { yield* partsOf(1 * MB); await new Promise(() => {}); };
    const v = start(target.port, "/v1/write", { body: stalled() as never, contentType: "a/b" });
    await target.until(({ received }) => received === MB);
    const at = performance.timeOrigin + performance.now();
    v.leave();
    const c = await target.until(({ open }) => open === 0);
    console.log("   cancelled after", (c.cancelledAt - at).toFixed(1));
    await target.restart();
    const e = start(target.port, "/v1/write", { body: partsOf(200 * MB), contentType: uploadKinds.early });
    console.log(way, version, "early", await e.answer.then(jsonOf).catch(String), "sent", (e.sent() / MB).toFixed(1));
    await new Promise((r) => setTimeout(r, 800));
    console.log("   later sent", (e.sent() / MB).toFixed(1));
    e.leave();
    await target.restart();
    const many = Array.from({ length: 100 }, () => start(target.port, `/v1/read/${200 * MB}`));
    await Promise.all(many.map((m) => m.answer));
    const ms = await target.whenStill();
    console.log(way, version, "100 paused readers sent", (ms.sent / MB).toFixed(1), "growth", ((await target.growth()) / MB).toFixed(1));
    for (const m of many) m.leave();
    await target.until(({ open }) => open === 0);
    await target.stop();
  }
}
