import { Server, type ServerOptions, type UntypedServiceImplementation } from "@grpc/grpc-js";

/** The method that all contenders call. */
export const path = "/bench.Bytes/Get";
export const request: Buffer = Buffer.alloc(9, 1);
const response = Buffer.alloc(100, 2);

export const sameBytes = (bytes: Buffer): Buffer => bytes;

type Respond = (error: null, value: Buffer) => void;

/** Answers 100 bytes at once, or in a later microtask as a handler that awaits. */
export function byteServer(options: ServerOptions = {}, { late = false } = {}): Server {
  const server = new Server({ "grpc.enable_channelz": 0, ...options });
  const get = late
    ? async (_call: unknown, respond: Respond) => {
        await undefined;
        respond(null, response);
      }
    : (_call: unknown, respond: Respond) => respond(null, response);
  server.addService(
    {
      Get: {
        path,
        requestStream: false,
        responseStream: false,
        requestSerialize: sameBytes,
        requestDeserialize: sameBytes,
        responseSerialize: sameBytes,
        responseDeserialize: sameBytes,
      },
    },
    { Get: get } as unknown as UntypedServiceImplementation,
  );
  return server;
}
