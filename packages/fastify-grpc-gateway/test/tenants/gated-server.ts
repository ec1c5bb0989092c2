import type { TestContext } from "node:test";
import { type Server, ServerCredentials } from "@grpc/grpc-js";
import { createServer } from "fastify-grpc-gateway";
import { guardProto } from "./tenant-app.ts";

/** A server with the guarded API that answers when the test lets it. */
export interface GatedServer {
  readonly server: Server;
  /** Resolves once so many calls have come in all. */
  reached(count: number): Promise<void>;
  /** Answers the calls that wait, and those to come. */
  open(): void;
}

/** A {@link GatedServer} whose every method answers a name. */
export async function gatedServer(name: string): Promise<GatedServer> {
  let calls = 0;
  let isOpen = false;
  const waiting: (() => void)[] = [];
  const listeners: (() => void)[] = [];
  const method = (_call: unknown, callback: (error: null, value: { user: string }) => void) => {
    calls += 1;
    const answer = (): void => callback(null, { user: name });
    if (isOpen) answer();
    else waiting.push(answer);
    for (const listener of listeners.splice(0)) listener();
  };
  const server = await createServer({
    proto: guardProto,
    services: {
      "guard.v1.Guarded": { WhoAmI: method, Unbound: method },
      "guard.v1.Hidden": { WhoAmI: method },
    },
  });
  return {
    server,
    async reached(count) {
      while (calls < count) await new Promise<void>((resolve) => listeners.push(resolve));
    },
    open() {
      isOpen = true;
      for (const answer of waiting.splice(0)) answer();
    },
  };
}

/** The target of a server that listens on a port of its own. */
export async function bound(t: TestContext, server: Server): Promise<string> {
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  );
  t.after(() => server.forceShutdown());
  return `127.0.0.1:${port}`;
}
