import {
  type CallHandle,
  type CallReceiver,
  Code,
  deadlineExceeded,
  type Transport,
  type TransportCall,
  transportClosed,
  transportStatus,
} from "grpc-transcoding";
import { endedCall, type ResolvedLimits } from "grpc-transcoding/internal";
import { toRequestFields } from "./call/request-fields.ts";
import { RequestHeads } from "./call/request-head.ts";
import { DeadlineWheel } from "./deadline/deadline-wheel.ts";
import type { HeaderList } from "./hpack/header-list.ts";
import type { Http2TransportOptions } from "./options.ts";
import { Pool } from "./pool/pool.ts";
import { resolveSettings } from "./settings.ts";
import { CallStream } from "./stream/call-stream.ts";
import type { CallOwner } from "./stream/stream-host.ts";
import { resolveTarget } from "./target/resolve.ts";

/**
 * A transport to a remote service over HTTP/2 connections of its own, without grpc-js and node:http2. Connections open
 * with the first call. Throws an Error that names the option for a target or an option that cannot be used.
 */
export function createHttp2Transport(options: Http2TransportOptions): Transport {
  return new Http2Transport(options);
}

class Http2Transport implements Transport, CallOwner<CallStream> {
  readonly limits: ResolvedLimits;
  liveCalls = 0;
  private readonly wheel = new DeadlineWheel();
  private readonly pool: Pool;
  private readonly options: Http2TransportOptions;
  private isClosed = false;

  constructor(options: Http2TransportOptions) {
    const settings = resolveSettings(options);
    const { target, authority, userAgent, dial } = settings;
    this.options = options;
    this.limits = settings.limits;
    const heads = new RequestHeads(dial.tls === undefined ? "http" : "https", authority, userAgent);
    const resolve = () => resolveTarget(target, dial.proxy !== undefined);
    this.pool = new Pool({ ...settings.pool, dial, heads, resolve });
  }

  start(call: TransportCall, receiver: CallReceiver): CallHandle {
    if (this.isClosed) return endedCall(call, receiver, transportClosed, "transport");
    let fields: HeaderList;
    try {
      fields = toRequestFields(call.metadata);
    } catch (error) {
      const { message } = error as Error;
      return endedCall(call, receiver, transportStatus(Code.INTERNAL, message), "transport");
    }
    if (call.deadline.at <= Date.now()) {
      return endedCall(call, receiver, deadlineExceeded(call.deadline), "transport");
    }
    if (call.timing.refused !== undefined) call.timing.refused = undefined;
    const stream = new CallStream(call, receiver, fields, this);
    this.liveCalls += 1;
    this.wheel.add(stream);
    this.pool.assign(stream);
    return stream;
  }

  close(): void {
    this.isClosed = true;
    this.pool.close();
    this.wheel.close();
  }

  onEnd(stream: CallStream): void {
    this.liveCalls -= 1;
    this.wheel.delete(stream);
  }

  onUnavailable(reason: string, call: TransportCall): void {
    this.options.onUnavailable?.(reason, call);
  }
}
