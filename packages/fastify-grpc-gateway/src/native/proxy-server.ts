import { Server, type ServerDuplexStream } from "@grpc/grpc-js";
import {
  type CallReceiver,
  Code,
  isDeniedRequestKey,
  type MethodSchema,
  type Schema,
  type Transport,
} from "grpc-transcoding";
import { asBuffer } from "../transport/as-buffer.ts";
import { fromGrpcMetadata, toGrpcMetadata } from "../transport/grpc-metadata.ts";
import type { MessageLimits } from "../transport/message-limits.ts";

type ByteStream = ServerDuplexStream<Buffer, Buffer>;

/** A grpc-js server without a port whose handlers pass calls on. */
export interface ProxyServer {
  readonly server: Server;
  /** Passes on the methods of this schema from now on, and no others. Calls that run go on. */
  serve(schema: Schema): void;
}

/**
 * Passes native calls on, byte for byte, so that they reach an upstream in another process through the app's port.
 * Metadata, deadlines, cancellation and back-pressure go along. A request message over `maxRequestBytes` is
 * refused before it is held in memory; absent, grpc-js' own limit of 4 MiB holds.
 */
export function createProxyServer(
  transport: Transport,
  { maxRequestBytes }: MessageLimits,
): ProxyServer {
  const server = new Server({
    // A server stays in grpc-js' table of channelz for ever unless it is shut down.
    "grpc.enable_channelz": 0,
    ...(maxRequestBytes !== undefined && { "grpc.max_receive_message_length": maxRequestBytes }),
  });
  let served: readonly MethodSchema[] = [];
  return {
    server,
    serve(schema) {
      for (const { path } of served) server.unregister(path);
      served = schema.services.flatMap((service) => service.methods);
      for (const method of served) {
        // As a bidi call whatever the kind: then messages pass one by one, as they come.
        server.register(
          method.path,
          (call: ByteStream) => forward(method, transport, call),
          sameBytes,
          sameBytes,
          "bidi",
        );
      }
    },
  };
}

function sameBytes(bytes: Buffer): Buffer {
  return bytes;
}

function forward(method: MethodSchema, transport: Transport, call: ByteStream): void {
  const handle = transport.start(
    {
      method,
      metadata: fromGrpcMetadata(call.metadata).filter(([key]) => !isDeniedRequestKey(key)),
      deadline: { at: Number(call.getDeadline()), source: "client" },
      peer: call.getPeer(),
      authContext: call.getAuthContext(),
      timing: {},
    },
    receiverFor(call, () => handle.read()),
  );
  handle.read();
  call.on("data", (message: Buffer) => {
    call.pause();
    handle.send(message, () => call.resume());
  });
  call.on("end", () => handle.halfClose());
  call.on("cancelled", () => {
    handle.cancel({ code: Code.CANCELLED, message: "cancelled by the client", details: [] });
  });
}

function receiverFor(call: ByteStream, readNext: () => void): CallReceiver {
  return {
    onHeaders: (metadata) => call.sendMetadata(toGrpcMetadata(metadata)),
    onMessage(bytes) {
      if (call.write(asBuffer(bytes))) readNext();
      else call.once("drain", readNext);
    },
    onStatus(status, trailers) {
      const metadata = toGrpcMetadata(trailers);
      if (status.code === Code.OK) call.end(metadata);
      else call.emit("error", { code: status.code, details: status.message, metadata });
    },
  };
}
