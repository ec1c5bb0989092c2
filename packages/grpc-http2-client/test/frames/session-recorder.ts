import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { TestContext } from "node:test";

/** Stands between a client and a server, and keeps what the server says on the first connection. */
export async function recordThrough(
  t: TestContext,
  port: number,
): Promise<{ target: string; said: () => Buffer }> {
  const chunks: Buffer[] = [];
  const sockets: Socket[] = [];
  const proxy = createServer((client) => {
    const server = connect(port, "127.0.0.1");
    sockets.push(client, server);
    server.on("data", (chunk) => chunks.push(chunk));
    for (const socket of [client, server]) socket.on("error", () => undefined);
    client.pipe(server).pipe(client);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  const { port: own } = proxy.address() as AddressInfo;
  return { target: `127.0.0.1:${own}`, said: () => Buffer.concat(chunks) };
}
