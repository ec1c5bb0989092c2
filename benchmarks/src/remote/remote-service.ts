import {
  Server,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from "@grpc/grpc-js";

/** Answers the request's bytes. */
export const echoPath = "/bench.Remote/Echo";
/** Answers the request's bytes a thousand times. */
export const streamPath = "/bench.Remote/Stream";
export const STREAMED = 1_000;

export const sameBytes = (bytes: Buffer): Buffer => bytes;

/** What the clients call, in a process of its own. */
export function remoteServer(): Server {
  const server = new Server({ "grpc.enable_channelz": 0, "grpc.max_receive_message_length": -1 });
  server.register(
    echoPath,
    (call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>) =>
      respond(null, call.request),
    sameBytes,
    sameBytes,
    "unary",
  );
  server.register(
    streamPath,
    async (call: ServerWritableStream<Buffer, Buffer>) => {
      for (let i = 0; i < STREAMED; i += 1) {
        if (!call.write(call.request)) await new Promise((done) => call.once("drain", done));
      }
      call.end();
    },
    sameBytes,
    sameBytes,
    "serverStream",
  );
  return server;
}
