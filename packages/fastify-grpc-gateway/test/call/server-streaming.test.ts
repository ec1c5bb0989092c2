import assert from "node:assert/strict";
import type { Readable } from "node:stream";
import { test } from "node:test";
import { Code } from "grpc-transcoding";
import { FakeUpstream } from "../fake-upstream.ts";
import { restClients } from "../rest-clients.ts";
import { listen, shopApp } from "../shop.ts";

// Each connection lives on, so that nothing but the hook ends the call.
const hooks: Record<string, (payload: Readable) => string> = {
  destroys(payload) {
    payload.destroy();
    return "not today";
  },
  refuses() {
    throw new Error("not today");
  },
  replaces: () => "not today",
};

for (const [version, connect] of Object.entries(restClients)) {
  for (const [does, hook] of Object.entries(hooks)) {
    test(`${version}: a stream that a hook ${does} has its call ended`, {
      timeout: 2_000,
    }, async (t) => {
      const upstream = new FakeUpstream();
      const app = await shopApp(t, { upstream });
      app.addHook("onSend", async (_request, _reply, payload) =>
        typeof (payload as Readable).pipe === "function" ? hook(payload as Readable) : payload,
      );
      const client = connect(t, Number(new URL(await listen(app)).port));
      t.after(() => client.close());
      const reached = upstream.next();
      const request = client.start("/v1/items:count");
      const call = await reached;
      call.answer();
      await request.answer;
      assert.equal((await call.cancelled).code, Code.CANCELLED);
    });
  }
}
