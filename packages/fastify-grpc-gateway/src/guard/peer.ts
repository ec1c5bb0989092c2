import type { Socket } from "node:net";

/** `address:port` of a client; `"unknown"` for one that has gone, and for requests by `inject`. */
export function peerOfSocket(
  socket: Partial<Pick<Socket, "remoteAddress" | "remoteFamily" | "remotePort">>,
): string {
  const { remoteAddress } = socket;
  if (remoteAddress === undefined) return "unknown";
  const host = socket.remoteFamily === "IPv6" ? `[${remoteAddress}]` : remoteAddress;
  return `${host}:${socket.remotePort}`;
}
