import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServiceError } from "@grpc/grpc-js";
import {
  errorInfoDetail,
  StatusError,
  throwingHandlers,
  toServiceError,
} from "fastify-grpc-errors";
import { Code, StatusError as CoreStatusError, statusDetailsKey } from "grpc-transcoding";
import { failureFromError } from "grpc-transcoding/internal";
import { call, clientOf, echo } from "../grpc-service.ts";

const details = [errorInfoDetail({ reason: "SHELF_FULL", domain: "shelf.test" })];
const full = () => new StatusError(Code.FAILED_PRECONDITION, "full", { details });

const handlers = {
  throws() {
    throw full();
  },
  async rejects() {
    throw full();
  },
  callsBack(_call: unknown, callback: (error: Error) => void) {
    callback(full());
  },
  returns: () => Buffer.from("r"),
  async resolves(call: { request: Buffer }) {
    return Buffer.from(`r${call.request}`);
  },
  async throwsPlain() {
    throw new Error("plain");
  },
  streamThrows() {
    throw full();
  },
  async streamRejects() {
    throw full();
  },
};

const failing = ["throws", "rejects", "callsBack"];
for (const name of failing) {
  test(`a handler that ${name} answers its status with details`, async (t) => {
    const client = await clientOf(t, throwingHandlers(handlers));
    const error = (await call(client, name)) as ServiceError;
    assert.equal(error.code, Code.FAILED_PRECONDITION);
    assert.equal(error.details, "full");
    assert.deepEqual(
      failureFromError(error).status.details.map(({ typeUrl }) => typeUrl),
      details.map(({ typeUrl }) => typeUrl),
    );
  });
}

for (const name of ["streamThrows", "streamRejects"]) {
  test(`a streaming handler that fails ends its stream with the status: ${name}`, async (t) => {
    const client = await clientOf(t, throwingHandlers(handlers));
    const stream = client.makeServerStreamRequest(`/t.S/${name}`, echo, echo, Buffer.alloc(0));
    const error = await new Promise<ServiceError>((resolve) =>
      stream.on("error", resolve as never),
    );
    assert.equal(error.code, Code.FAILED_PRECONDITION);
    assert.equal(error.metadata.get(statusDetailsKey).length, 1);
  });
}

test("what a handler returns is its response", async (t) => {
  const client = await clientOf(t, throwingHandlers(handlers));
  assert.equal(String(await call(client, "returns")), "r");
  assert.equal(String(await call(client, "resolves")), "rq");
});

test("any other error is UNKNOWN with its message, as grpc-js has it", async (t) => {
  const client = await clientOf(t, throwingHandlers(handlers));
  const error = (await call(client, "throwsPlain")) as ServiceError;
  assert.deepEqual([error.code, error.details], [Code.UNKNOWN, "plain"]);
});

test("there is one StatusError, which toServiceError leaves as it is", () => {
  assert.equal(StatusError, CoreStatusError);
  const error = new CoreStatusError(Code.ABORTED, "m", { details });
  assert.equal(toServiceError(error), error);
  assert.deepEqual([error.code, error.details, error.status.details], [Code.ABORTED, "m", details]);
  assert.equal(toServiceError("text").code, Code.UNKNOWN);
});
