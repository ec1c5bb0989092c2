import { Channel, type ChannelCredentials, type ChannelOptions, credentials } from "@grpc/grpc-js";
import {
  type CallReceiver,
  Code,
  deadlineExceeded,
  type Status,
  type Transport,
  type TransportCall,
  toCode,
  transportClosed,
  transportStatus,
} from "grpc-transcoding";
import { asBuffer } from "./as-buffer.ts";
import { endedCall } from "./ended-call.ts";
import { fromWireMetadata, toGrpcMetadata } from "./grpc-metadata.ts";
import { type LiveCall, LiveCalls } from "./live-calls.ts";
import { defaultMaxBytes, type MessageLimits } from "./message-limits.ts";

type GrpcCall = ReturnType<Channel["createCall"]>;
type GrpcListener = Parameters<GrpcCall["start"]>[1];
type GrpcStatus = Parameters<GrpcListener["onReceiveStatus"]>[0];
type GrpcMetadata = Parameters<GrpcCall["start"]>[0];

/** The part of grpc-js' Channel that calls need: a channel of any copy of grpc-js has it. */
export type CallChannel = Pick<Channel, "createCall" | "close">;

/** How to reach a remote service. */
export interface ChannelTransportOptions extends MessageLimits {
  /** Made by the same copy of `@grpc/grpc-js` as this package uses. @default insecure (plaintext) */
  readonly credentials?: ChannelCredentials;
  /** grpc-js channel options; they win over what this transport sets. */
  readonly channelOptions?: ChannelOptions;
  /** A gRPC service config (retries, load balancing, timeouts), as JSON or as the object. */
  readonly serviceConfig?: string | object;
  /**
   * How many connections share the calls in turn. One connection takes the server's concurrent streams
   * (often 100), and a burst of cancels can end it.
   * @default 1
   */
  readonly channels?: number;
  /** Told the reason, which may name addresses, when a call ends because the connection failed. */
  readonly onUnavailable?: (reason: string, call: TransportCall) => void;
}

/**
 * A transport to a remote service over grpc-js channels: name resolution, load balancing, service config and
 * credentials are grpc-js'. `target` is a grpc-js target such as `"library:50051"`, `"dns:///…"`, `"unix:…"`, or
 * channels that the caller made and this transport closes. Throws for credentials that grpc-js refuses and a RangeError
 * for a number of channels below 1.
 */
export function createChannelTransport(
  target: string | readonly [CallChannel, ...CallChannel[]],
  options: ChannelTransportOptions = {},
): Transport {
  const channels = typeof target === "string" ? openChannels(target, options) : target;
  const live = new LiveCalls();
  let turn = 0;
  return {
    start(call, receiver) {
      if (live.closed) return endedCall(receiver, transportClosed, "transport");
      let metadata: GrpcMetadata;
      try {
        metadata = toGrpcMetadata(call.metadata);
      } catch (error) {
        const { message } = error as Error;
        return endedCall(receiver, transportStatus(Code.INTERNAL, message), "transport");
      }
      turn = (turn + 1) % channels.length;
      const channel = channels[turn] ?? channels[0];
      const inner = channel.createCall(call.method.path, call.deadline.at, null, null, null);
      const running = new ChannelCall(inner, call, receiver, live, options.onUnavailable);
      running.start(metadata);
      return running;
    },
    close() {
      live.close();
      for (const channel of channels) channel.close();
    },
  };
}

function openChannels(
  target: string,
  options: ChannelTransportOptions,
): readonly [Channel, ...Channel[]] {
  const channelOptions: ChannelOptions = {
    // One connection per upstream and tenant: the global pool would let one client's fault end another's calls.
    "grpc.use_local_subchannel_pool": 1,
    "grpc.max_receive_message_length": options.maxResponseBytes ?? defaultMaxBytes,
    "grpc.max_send_message_length": options.maxRequestBytes ?? defaultMaxBytes,
    ...(options.serviceConfig === undefined
      ? {}
      : { "grpc.service_config": asJson(options.serviceConfig) }),
    ...options.channelOptions,
  };
  const open = (): Channel => {
    try {
      return new Channel(
        target,
        options.credentials ?? credentials.createInsecure(),
        channelOptions,
      );
    } catch (error) {
      throw new Error(
        `cannot open a channel to ${JSON.stringify(target)}: ${(error as Error).message}; if the credentials come from another copy of @grpc/grpc-js, pass a Channel made by that copy instead of a target`,
        { cause: error },
      );
    }
  };
  const { channels = 1 } = options;
  if (!Number.isInteger(channels) || channels < 1) {
    throw new RangeError(`channels must be a whole number above 0; got ${channels}`);
  }
  return [open(), ...Array.from({ length: channels - 1 }, open)];
}

function asJson(serviceConfig: string | object): string {
  return typeof serviceConfig === "string" ? serviceConfig : JSON.stringify(serviceConfig);
}

class ChannelCall implements LiveCall, GrpcListener {
  place = -1;
  private readonly inner: GrpcCall;
  private readonly call: TransportCall;
  private readonly receiver: CallReceiver;
  private readonly live: LiveCalls;
  private readonly onUnavailable: ChannelTransportOptions["onUnavailable"];
  private answered = false;
  private wanted = 0;
  private ended = false;
  private cancelStatus: Status | undefined;

  constructor(
    inner: GrpcCall,
    call: TransportCall,
    receiver: CallReceiver,
    live: LiveCalls,
    onUnavailable: ChannelTransportOptions["onUnavailable"],
  ) {
    this.inner = inner;
    this.call = call;
    this.receiver = receiver;
    this.live = live;
    this.onUnavailable = onUnavailable;
    live.add(this);
  }

  start(metadata: GrpcMetadata): void {
    this.inner.start(metadata, this);
  }

  send(bytes: Uint8Array, onAccepted?: () => void): void {
    if (this.ended) return;
    this.inner.sendMessageWithContext(
      onAccepted === undefined ? {} : { callback: () => onAccepted() },
      asBuffer(bytes),
    );
  }

  halfClose(): void {
    if (!this.ended) this.inner.halfClose();
  }

  read(): void {
    this.wanted += 1;
    // grpc-js takes a second startRead before the message for the same one.
    if (!this.ended && this.wanted === 1) this.inner.startRead();
  }

  cancel(status: Status): void {
    if (this.ended || this.cancelStatus !== undefined) return;
    this.cancelStatus = status;
    this.inner.cancelWithStatus(status.code, status.message);
  }

  onReceiveMetadata(metadata: GrpcMetadata): void {
    this.answered = true;
    if (!this.ended) this.receiver.onHeaders(fromWireMetadata(metadata));
  }

  onReceiveMessage(message: Buffer): void {
    if (this.ended || this.cancelStatus !== undefined) return;
    this.wanted -= 1;
    if (this.wanted > 0) this.inner.startRead();
    this.receiver.onMessage(message);
  }

  onReceiveStatus(status: GrpcStatus): void {
    if (this.ended) return;
    this.ended = true;
    this.live.delete(this);
    if (this.cancelStatus !== undefined) {
      this.receiver.onStatus(this.cancelStatus, [], "transport");
      return;
    }
    const code = toCode(status.code);
    // A trailers-only answer of a server has a content-type; a status that grpc-js made has none.
    const fromService = this.answered || status.metadata.get("content-type").length > 0;
    if (code === Code.DEADLINE_EXCEEDED && this.call.deadline.at <= Date.now()) {
      this.receiver.onStatus(deadlineExceeded(this.call.deadline), [], "transport");
    } else if (code === Code.UNAVAILABLE && !fromService) {
      this.onUnavailable?.(status.details, this.call);
      this.receiver.onStatus(unavailable, [], "transport");
    } else {
      const isFromService = fromService && !isSizeLimit(status);
      this.receiver.onStatus(
        transportStatus(code, status.details),
        fromWireMetadata(status.metadata),
        isFromService ? "service" : "transport",
      );
    }
  }
}

/** Whether a limit of grpc-js, on either side, ended the call; only its text tells. */
function isSizeLimit({ code, details }: GrpcStatus): boolean {
  return (
    code === Code.RESOURCE_EXHAUSTED &&
    /^(Received message (larger than max|that decompresses)|(Sent|Attempted to send) message)/.test(
      details,
    )
  );
}

// grpc-js' own text names the upstream's address (`connect ECONNREFUSED 10.0.0.1:50051`).
const unavailable = transportStatus(Code.UNAVAILABLE, "the upstream cannot be reached");
