import assert from "node:assert/strict";
import { ServerInterceptingCall, type ServerInterceptor } from "@grpc/grpc-js";
import { Code } from "../model/code.ts";
import type { Contract } from "./contract.ts";
import { startCall } from "./recorded-call.ts";

/** Upstreams that break the rule of one response. */
export function upstreamContract(contract: Contract): void {
  for (const kind of ["Unary", "ClientStream"] as const) {
    contract(
      `OK without a response is INTERNAL of the upstream (${kind})`,
      async (transport) => {
        const call = startCall(transport, kind);
        call.handle.send(Buffer.from("x"));
        call.handle.halfClose();
        await call.ended;
        assert.equal(call.status.code, Code.INTERNAL);
        assert.equal(call.status.message, "the upstream ended the call without a response");
        assert.equal(call.origin, "upstream");
        assert.ok(!call.reports.includes("message"));
      },
      { interceptors: [withoutMessages] },
    );

    for (const reading of [true, false]) {
      contract(
        `a second response is INTERNAL of the upstream, and not reported (${kind}, ${reading ? "all" : "one"} asked for)`,
        async (transport) => {
          const call = startCall(transport, kind, { reading });
          if (!reading) call.handle.read();
          call.handle.send(Buffer.from("x"));
          call.handle.halfClose();
          await call.ended;
          assert.equal(call.status.code, Code.INTERNAL);
          assert.match(call.status.message, /^the upstream sent a second response/);
          assert.equal(call.origin, "upstream");
          assert.ok(call.messages.length <= 1, call.messages.join());
        },
        { interceptors: [everyMessageTwice] },
      );
    }
  }
}

const withoutMessages: ServerInterceptor = (_method, call) =>
  new ServerInterceptingCall(call, {
    sendMessage: () => call.sendStatus({ code: Code.OK, details: "OK", metadata: null }),
  });

const everyMessageTwice: ServerInterceptor = (_method, call) =>
  new ServerInterceptingCall(call, {
    sendMessage(message, next) {
      call.sendMessage(message, () => {});
      next(message);
    },
  });
