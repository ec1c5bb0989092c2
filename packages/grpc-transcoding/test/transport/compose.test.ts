import assert from "node:assert/strict";
import { test } from "node:test";
import { compose, type Interceptor, type Transport } from "grpc-transcoding";

test("the first interceptor sees a call first", () => {
  const order: string[] = [];
  const named =
    (name: string): Interceptor =>
    (next) => ({
      start(call, receiver) {
        order.push(name);
        return next.start(call, receiver);
      },
    });
  const transport: Transport = {
    start() {
      order.push("transport");
      return { send() {}, halfClose() {}, read() {}, cancel() {} };
    },
  };
  compose(transport, [named("a"), named("b")]).start({} as never, {} as never);
  assert.deepEqual(order, ["a", "b", "transport"]);
  assert.equal(compose(transport, []), transport);
});
