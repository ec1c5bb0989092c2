import type { Socket } from "node:net";
import { type Address, addressText } from "./address.ts";
import type { HttpProxy } from "./proxy.ts";

const maxHeadBytes = 8_192;

/**
 * Asks a proxy for a tunnel (RFC 9110 section 9.3.6) on a socket to it. `onOpen` gets what came behind the answer; a
 * refusal destroys the socket.
 */
export function openTunnel(
  socket: Socket,
  address: Address,
  { authorization }: HttpProxy,
  onOpen: (rest: Buffer) => void,
): void {
  const authority = addressText(address);
  const credentials =
    authorization === undefined ? "" : `Proxy-Authorization: ${authorization}\r\n`;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials}\r\n`);
  let head: Buffer = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0 && head.length <= maxHeadBytes) return;
    socket.off("data", onData);
    const [, status = "none"] = /^HTTP\/1\.[01] (\d{3})/.exec(head.toString("latin1")) ?? [];
    if (end >= 0 && status.startsWith("2")) onOpen(head.subarray(end + 4));
    else socket.destroy(new Error(`the proxy opens no tunnel: HTTP status ${status}`));
  };
  socket.on("data", onData);
}
