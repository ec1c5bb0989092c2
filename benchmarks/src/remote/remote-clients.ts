import { type ClientHttp2Session, connect } from "node:http2";
import { Client, credentials, type ServiceError } from "@grpc/grpc-js";
import { createChannelTransport } from "fastify-grpc-gateway";
import { createHttp2Transport } from "grpc-http2-client";
import type { Transport } from "grpc-transcoding";
import { sameBytes } from "./remote-service.ts";

/** Makes one call, and tells its end and how many messages it brought. */
export type RemoteCall = (
  path: string,
  isStream: boolean,
  request: Buffer,
  done: (error: Error | null, messages: number) => void,
) => void;

const deadlineMs = 30_000;

function overTransport(transport: Transport): RemoteCall {
  const methods = new Map<string, Parameters<Transport["start"]>[0]["method"]>();
  return (path, isStream, request, done) => {
    let method = methods.get(path);
    if (method === undefined) {
      method = { path, clientStreaming: false, serverStreaming: isStream };
      methods.set(path, method);
    }
    let messages = 0;
    const handle = transport.start(
      {
        method,
        metadata: [],
        deadline: { at: Date.now() + deadlineMs, source: "gateway" },
        peer: "127.0.0.1:1",
        timing: {},
      },
      {
        onHeaders() {},
        onMessage() {
          messages += 1;
          if (isStream) handle.read();
        },
        onStatus: ({ code, message }) =>
          done(code === 0 ? null : new Error(`${code} ${message}`), messages),
      },
    );
    handle.read();
    handle.send(request);
    handle.halfClose();
  };
}

function overGrpcJs(target: string): RemoteCall {
  const client = new Client(target, credentials.createInsecure(), {
    "grpc.enable_channelz": 0,
    "grpc.enable_retries": 0,
    "grpc.service_config_disable_resolution": 1,
    "grpc.use_local_subchannel_pool": 1,
    "grpc.max_receive_message_length": -1,
  });
  return (path, isStream, request, done) => {
    const options = { deadline: Date.now() + deadlineMs };
    if (!isStream) {
      client.makeUnaryRequest(path, sameBytes, sameBytes, request, options, (error) =>
        done(error, 1),
      );
      return;
    }
    let messages = 0;
    client
      .makeServerStreamRequest(path, sameBytes, sameBytes, request, options)
      .on("data", () => {
        messages += 1;
      })
      .on("error", (error: ServiceError) => done(error, messages))
      .on("end", () => done(null, messages));
  };
}

/** The least that a hand-written client over node:http2 does. */
function overNodeHttp2(target: string): RemoteCall {
  const session: ClientHttp2Session = connect(`http://${target}`, {
    settings: { initialWindowSize: 262_144 },
  });
  return (path, isStream, request, done) => {
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
      "grpc-timeout": `${deadlineMs}m`,
    });
    const chunks: Buffer[] = [];
    let status: string | undefined;
    stream.on("trailers", (trailers) => {
      status = String(trailers["grpc-status"]);
    });
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("error", (error: Error) => done(error, 0));
    stream.on("end", () => {
      if (status !== "0") done(new Error(`status ${status}`), 0);
      else done(null, isStream ? countFrames(Buffer.concat(chunks)) : 1);
    });
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(request.length, 1);
    stream.end(Buffer.concat([prefix, request]));
  };
}

function countFrames(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at < bytes.length; at += 5 + bytes.readUInt32BE(at + 1)) count += 1;
  return count;
}

/** By name, for a target. */
export const remoteClients: Readonly<Record<string, (target: string) => RemoteCall>> = {
  "own client": (target) =>
    overTransport(createHttp2Transport({ target, maxResponseBytes: -1, maxRequestBytes: -1 })),
  "grpc-js tuned": overGrpcJs,
  "grpc-js transport": (target) => overTransport(createChannelTransport(target)),
  "node:http2": overNodeHttp2,
};
