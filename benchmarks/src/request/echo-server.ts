import { fileURLToPath } from "node:url";
import { Server } from "@grpc/grpc-js";
import { createServer } from "fastify-grpc-gateway";

export const echoProto: string = fileURLToPath(new URL("../../proto/echo.proto", import.meta.url));

/** Echoes the request's bytes without looking at them, so that only the gateway is measured. */
export function identityServer(): Server {
  const server = new Server({ "grpc.max_receive_message_length": -1 });
  const same = (bytes: Buffer): Buffer => bytes;
  for (const method of ["Small", "Rows"]) {
    server.register(
      `/bench.v1.Echo/${method}`,
      (call: { request: Buffer }, callback: (error: null, value: Buffer) => void) =>
        callback(null, call.request),
      same,
      same,
      "unary",
    );
  }
  return server;
}

/** Echoes message objects, as handlers over @grpc/proto-loader do. */
export function protoLoaderServer(): Promise<Server> {
  type Call = { request: unknown };
  type Callback = (error: null, value: unknown) => void;
  const echo = (call: Call, callback: Callback) => callback(null, call.request);
  return createServer({
    proto: echoProto,
    services: { "bench.v1.Echo": { Small: echo, Rows: echo } },
  });
}
