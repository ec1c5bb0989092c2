import { AsyncLocalStorage } from "node:async_hooks";
import type { CallContext } from "grpc-transcoding";

/** What a native call that is passed on takes along: grpc-js hands its handlers nothing but the metadata. */
export interface PassedCall {
  readonly context: CallContext;
  readonly tenant?: string;
}

/** The guarded call that is being handed to a gRPC server. */
export const passedCall: AsyncLocalStorage<PassedCall> = new AsyncLocalStorage();
