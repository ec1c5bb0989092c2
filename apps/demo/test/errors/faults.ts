import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { Server, ServerUnaryCall, ServerWritableStream, sendUnaryData } from "@grpc/grpc-js";
import Fastify, { type FastifyInstance } from "fastify";
import grpcErrors, {
  badRequestDetail,
  type Code,
  errorInfoDetail,
  type FastifyGrpcErrorsOptions,
  retryInfoDetail,
  StatusError,
} from "fastify-grpc-errors";
import grpcGateway, { createServer, type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";
import type { StatusDetail } from "grpc-transcoding";

const proto = fileURLToPath(new URL(".", import.meta.url));

interface FailRequest {
  code: Code;
  message: string;
  after: number;
  details: string;
}

/** Details by the name under which a request asks for them. */
export const detailSets: Readonly<Record<string, readonly StatusDetail[]>> = {
  "": [],
  badRequest: [badRequestDetail([{ field: "user_name", description: "is empty" }])],
  reason: [errorInfoDetail({ reason: "SHELF_FULL", domain: "shelf.test" })],
  retry: [retryInfoDetail(2500)],
  hostile: Array.from({ length: 100 }, (_, at) => ({
    typeUrl: `type.test\r\nx-evil: 1/a.B${at}`,
    value: Uint8Array.of(255, at),
  })),
};

function statusOf({ code, message, details }: FailRequest): StatusError {
  return new StatusError(code, message, { details: detailSets[details] ?? [] });
}

/** A server whose methods fail as their request says. */
export function faultServer(): Promise<Server> {
  const handlers = {
    Fail(call: ServerUnaryCall<FailRequest, object>, callback: sendUnaryData<object>) {
      if (call.request.code === 0) callback(null, { number: 1 });
      else callback(statusOf(call.request));
    },
    FailLater(call: ServerWritableStream<FailRequest, object>) {
      for (let number = 1; number <= call.request.after; number += 1) call.write({ number });
      call.emit("error", statusOf(call.request));
    },
    Mend(call: ServerUnaryCall<object, object>, callback: sendUnaryData<object>) {
      callback(null, call.request);
    },
  };
  return createServer({ proto, services: { "faults.v1.Faults": handlers } });
}

/** An app in front of that server, listening; answers its origin. */
export async function faultApp(
  t: TestContext,
  errors: FastifyGrpcErrorsOptions,
  gateway: Partial<FastifyGrpcGatewayOptions> = {},
  extend: (app: FastifyInstance) => void = () => {},
): Promise<{ app: FastifyInstance; origin: string }> {
  const app = Fastify();
  t.after(() => app.close());
  extend(app);
  await app.register(grpcErrors, errors);
  await app.register(grpcGateway, { proto, upstream: await faultServer(), ...gateway });
  const origin = await app.listen({ port: 0, host: "127.0.0.1" });
  return { app, origin };
}
