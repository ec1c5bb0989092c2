import { Server, type ServerUnaryCall, type ServiceError } from "@grpc/grpc-js";

/** The wire format of `WhoReply`. */
function reply(name: string): Buffer {
  return Buffer.concat([Buffer.from([10, name.length]), Buffer.from(name)]);
}

/** Serves `bench.v1.Shop/Who`: answers its name, and fails with NOT_FOUND for a request that asks for anything. */
export function shopServer(name: string): Server {
  const server = new Server();
  const bytes = reply(name);
  const same = (one: Buffer): Buffer => one;
  server.register(
    "/bench.v1.Shop/Who",
    (
      call: ServerUnaryCall<Buffer, Buffer>,
      answer: (error: Partial<ServiceError> | null, value?: Buffer) => void,
    ) => {
      if (call.request.length > 0) answer({ code: 5, details: name });
      else answer(null, bytes);
    },
    same,
    same,
    "unary",
  );
  return server;
}
