import assert from "node:assert/strict";
import { Metadata, ServerInterceptingCall, type ServerInterceptor } from "@grpc/grpc-js";
import { Code } from "../model/code.ts";
import type { Contract } from "./contract.ts";
import { joined } from "./joined-metadata.ts";
import { callUnary, startCall } from "./recorded-call.ts";

/** The interceptors of the service's server. */
export function interceptorContract(contract: Contract): void {
  contract(
    "the server's interceptors see the call of every kind and change its status",
    async (transport) => {
      for (const kind of ["Unary", "ServerStream", "ClientStream", "Bidi"] as const) {
        const call = startCall(transport, kind, { metadata: [["x-in", "a"]] });
        call.handle.send(Buffer.from(kind === "Unary" ? "headers" : "count 2"));
        call.handle.halfClose();
        await call.ended;
        assert.equal(call.status.code, Code.OK, call.status.message);
        assert.equal(joined(call.trailers)["x-intercepted"], `/probe.Probe/${kind}`);
        if (kind === "Unary") assert.equal(joined(call.headers ?? [])["x-in"], "a, intercepted");
      }
    },
    { interceptors: [stamp] },
  );

  contract(
    "an interceptor can refuse a call before its handler",
    async (transport, log) => {
      const call = await callUnary(transport, "x");
      assert.deepEqual([call.status.code, call.status.message], [Code.PERMISSION_DENIED, "no"]);
      assert.deepEqual(log.events, []);
    },
    { interceptors: [refuse] },
  );
}

const stamp: ServerInterceptor = (method, call) =>
  new ServerInterceptingCall(call, {
    start: (next) =>
      next({
        onReceiveMetadata(metadata, pass) {
          metadata.add("x-in", "intercepted");
          pass(metadata);
        },
      }),
    sendStatus(status, next) {
      const metadata = status.metadata ?? new Metadata();
      metadata.set("x-intercepted", method.path);
      next({ ...status, metadata });
    },
  });

const refuse: ServerInterceptor = (_method, call) =>
  new ServerInterceptingCall(call, {
    start: (next) =>
      next({
        onReceiveMetadata() {
          call.sendStatus({ code: Code.PERMISSION_DENIED, details: "no", metadata: null });
        },
      }),
  });
