import type { ServerHttp2Stream } from "node:http2";
import { CallContext, type CalledMethod, type Code } from "grpc-transcoding";
import type { StreamWatch } from "../observe/watch-stream.ts";
import type { NativeStream } from "../one-port/native-stream.ts";
import { peerOfSocket } from "./peer.ts";

/** What is known of a native call before its server sees it. */
export interface NativeCall extends NativeStream {
  readonly method: CalledMethod;
  /** The name of the gateway, or of the attached server. */
  readonly gateway: string;
  readonly tenant: string | undefined;
  /** The gRPC code of an HTTP status that a hook answers with. */
  readonly codeOf: CodeOf;
  /** Made when somebody first asks for it. */
  context: CallContext | undefined;
  /** Undefined where nobody observes the call. */
  watch: StreamWatch | undefined;
}

/** The context of a native call; made on first use, with the request that hooks see, if any. */
export function contextOfNative(call: NativeCall, request: unknown): CallContext {
  if (call.context === undefined) {
    call.context = new CallContext(request);
    call.watch?.enter(call.context);
  }
  return call.context;
}

/** A gRPC code for an HTTP status of 400 and more. */
export type CodeOf = (statusCode: number) => Code;

/** `"/package.Service/Method"` in its parts; the split has matched it already. */
export function calledMethod(path: string): CalledMethod {
  const slash = path.indexOf("/", 1);
  return { path, service: path.slice(1, slash), name: path.slice(slash + 1) };
}

/** Whether the client has gone, or the call was answered otherwise. */
export function isOver({ destroyed, closed, headersSent }: ServerHttp2Stream): boolean {
  return destroyed || closed || headersSent;
}

/** `address:port` of a stream's client; `"unknown"` when it has gone. */
export function peerOf({ session }: ServerHttp2Stream): string {
  return peerOfSocket(session?.socket ?? {});
}
