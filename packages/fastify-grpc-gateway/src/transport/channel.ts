import { Channel, type ChannelCredentials, type ChannelOptions, credentials } from "@grpc/grpc-js";
import { Code, type Transport, transportClosed, transportStatus } from "grpc-transcoding";
import { defaultMaxBytes, endedCall, type MessageLimits } from "grpc-transcoding/internal";
import { ChannelCall, type OnUnavailable } from "./channel-call.ts";
import { toGrpcMetadata } from "./grpc-metadata.ts";
import { LiveCalls } from "./live-calls.ts";

type GrpcMetadata = Parameters<ChannelCall["start"]>[0];

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
  /**
   * Told the reason, which may name addresses, when a call ends without a status of the service: the
   * connection failed, or the upstream's answer is not gRPC as it should be. Clients are told less.
   */
  readonly onUnavailable?: OnUnavailable;
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
      if (live.closed) return endedCall(call, receiver, transportClosed, "transport");
      let metadata: GrpcMetadata;
      try {
        metadata = toGrpcMetadata(call.metadata);
      } catch (error) {
        const { message } = error as Error;
        return endedCall(call, receiver, transportStatus(Code.INTERNAL, message), "transport");
      }
      turn = (turn + 1) % channels.length;
      const channel = channels[turn] ?? channels[0];
      const inner = channel.createCall(call.method.path, call.deadline.at, null, null, null);
      const running = new ChannelCall(inner, call, receiver, live, options.onUnavailable);
      running.start(metadata);
      return running;
    },
    get liveCalls() {
      return live.size;
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
