import { Server, type ServerDuplexStream } from "@grpc/grpc-js";
import { type CallReceiver, Code, type Transport, type TransportMethod } from "grpc-transcoding";
import type { MessageLimits } from "grpc-transcoding/internal";
import { isDeniedRequestKey } from "grpc-transcoding/internal";
import { handleUnknown, type RegisteredHandler } from "../grpc-js/internals.ts";
import { passedCall } from "../guard/native-context.ts";
import { asBuffer } from "../transport/as-buffer.ts";
import { fromGrpcMetadata, toGrpcMetadata } from "../transport/grpc-metadata.ts";
import { maxMetadataEntries } from "../transport/metadata-limit.ts";

type ByteStream = ServerDuplexStream<Buffer, Buffer>;

/** A grpc-js server without a port whose handlers pass calls on. */
export interface ProxyServer {
  readonly server: Server;
  /** Passes on these methods from now on, and no others unless it passes on all. Calls that run go on. */
  serve(methods: readonly TransportMethod[]): void;
}

/** What a proxy server may be told. */
export interface ProxyServerOptions extends MessageLimits {
  /** Passes on every method, known or not: whether the upstream has it is up to that. @default false */
  readonly passesAll?: boolean;
  /** The deadline of a method's own, in milliseconds, for calls whose client names none; live. @default none */
  readonly deadlineMsOf?: (path: string) => number | undefined;
}

/**
 * Passes native calls on, byte for byte, so that they reach a transport through the app's port.
 * Metadata, deadlines, cancellation and back-pressure go along. A request message over `maxRequestBytes` is
 * refused before it is held in memory; absent, grpc-js' own limit of 4 MiB holds.
 */
export function createProxyServer(
  transport: Transport,
  { maxRequestBytes, passesAll = false, deadlineMsOf }: ProxyServerOptions,
): ProxyServer {
  const server = new Server({
    // A server stays in grpc-js' table of channelz for ever unless it is shut down.
    "grpc.enable_channelz": 0,
    ...(maxRequestBytes !== undefined && { "grpc.max_receive_message_length": maxRequestBytes }),
  });
  const handlerOf = (method: TransportMethod): RegisteredHandler => ({
    path: method.path,
    func: (call) => forward(method, transport, call as ByteStream, deadlineMsOf?.(method.path)),
    serialize: (bytes) => bytes as Buffer,
    deserialize: (bytes) => bytes,
    // Whatever the kind: then messages pass one by one, as they come.
    type: "bidi",
  });
  if (passesAll) handleUnknown(server, (path) => handlerOf(unknownKind(path)));
  let served: readonly TransportMethod[] = [];
  return {
    server,
    serve(methods) {
      for (const { path } of served) server.unregister(path);
      served = methods;
      for (const method of methods) {
        const { path, func, serialize, deserialize, type } = handlerOf(method);
        server.register(path, func as never, serialize, deserialize, type);
      }
    },
  };
}

/** A method of which nothing is known: any number of messages may go either way. */
function unknownKind(path: string): TransportMethod {
  return { path, clientStreaming: true, serverStreaming: true };
}

function forward(
  method: TransportMethod,
  transport: Transport,
  call: ByteStream,
  ownMs: number | undefined,
): void {
  const metadata = fromGrpcMetadata(call.metadata).filter(([key]) => !isDeniedRequestKey(key));
  if (metadata.length > maxMetadataEntries) {
    // An upstream would reset the call, as if it had failed.
    const details = `${metadata.length} metadata entries are more than the limit of ${maxMetadataEntries}`;
    call.emit("error", { code: Code.RESOURCE_EXHAUSTED, details });
    return;
  }
  const at = Number(call.getDeadline());
  const handle = transport.start(
    {
      method,
      metadata,
      deadline:
        at === Number.POSITIVE_INFINITY && ownMs !== undefined
          ? { at: Date.now() + ownMs, source: "gateway" }
          : { at, source: "client" },
      peer: call.getPeer(),
      authContext: call.getAuthContext(),
      timing: {},
      ...passedCall.getStore(),
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
