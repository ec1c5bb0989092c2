export type { CallChannel, ChannelTransportOptions } from "./transport/channel.ts";
export { createChannelTransport } from "./transport/channel.ts";
export { createInProcessTransport } from "./transport/in-process.ts";
export type { MessageLimits } from "./transport/message-limits.ts";
