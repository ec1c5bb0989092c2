import { once } from "node:events";
import net, { type AddressInfo, type Socket } from "node:net";
import type { TestContext } from "node:test";

/** A network between a client and a port, which a test can look at and cut. */
export interface Relay {
  readonly port: number;
  /** The clients' connections that are open. */
  readonly connections: ReadonlySet<Socket>;
  /** How many connections there have been. */
  readonly accepted: number;
  /** Resets every connection, at both of its ends. */
  cut(): void;
  /** Resolves once no connection is open. */
  empty(): Promise<void>;
}

/** Passes the bytes of connections on to a port of this machine. */
export async function relayTo(t: TestContext, port: number): Promise<Relay> {
  const connections = new Set<Socket>();
  const cuts = new Set<() => void>();
  let accepted = 0;
  const server = net.createServer((near) => {
    const far = net.connect(port, "127.0.0.1");
    const cut = (): void => {
      reset(near);
      reset(far);
    };
    accepted += 1;
    connections.add(near);
    cuts.add(cut);
    near.on("error", () => far.destroy()).pipe(far);
    far.on("error", () => near.destroy()).pipe(near);
    near.on("close", () => {
      far.destroy();
      connections.delete(near);
      cuts.delete(cut);
      server.emit("left");
    });
    far.on("close", () => near.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    for (const cut of cuts) cut();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    get accepted() {
      return accepted;
    },
    cut() {
      for (const cut of cuts) cut();
    },
    async empty() {
      while (connections.size > 0) await once(server, "left");
    },
  };
}

/** Node keeps the handle of a socket that is reset while its FIN is on its way. */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
