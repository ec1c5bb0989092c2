import type { TestContext } from "node:test";
import { type Server, ServerCredentials } from "@grpc/grpc-js";
import { createServer } from "fastify-grpc-gateway";
import { workspace } from "./workspace.ts";

/** An API whose every tenant may have its own path: `/v1/who` unless told otherwise. */
export function shopProto(path = "/v1/who", more = ""): string {
  return `syntax = "proto3";
package shop.v1;
import "google/api/annotations.proto";
// Tells who serves it.
service Shop {
  rpc Who(WhoRequest) returns (WhoReply) { option (google.api.http) = { get: "${path}" }; }
  rpc Wait(WhoRequest) returns (WhoReply) { option (google.api.http) = { get: "${path}/wait" }; }
  rpc Watch(WhoRequest) returns (stream WhoReply) { option (google.api.http) = { get: "${path}/watch" }; }
}
message WhoRequest { string ask = 1; }
message WhoReply { string name = 1; ${more} }
`;
}

/** A server of this process that answers a name, and holds calls of Wait back until it is told. */
export interface Shop {
  readonly server: Server;
  /** Calls that were answered. */
  calls: number;
  release(): void;
  readonly waiting: number;
}

type Answer = (error: object | null, value?: { name: string }) => void;

export async function shop(t: TestContext, name: string): Promise<Shop> {
  const { dir } = workspace(t, { "shop.proto": shopProto() });
  const waiting: (() => void)[] = [];
  const who = (call: { request: { ask: string } }, answer: Answer): void => {
    made.calls += 1;
    const code = Number(call.request.ask);
    if (code > 0) answer({ code, details: `told to fail by ${name}` });
    else answer(null, { name });
  };
  const server = await createServer({
    proto: dir,
    services: {
      "shop.v1.Shop": {
        Who: who,
        Wait: (call: Parameters<typeof who>[0], answer: Answer) =>
          void waiting.push(() => who(call, answer)),
        Watch: (call: { write(value: object): void }) => call.write({ name }),
      },
    },
  });
  t.after(() => server.forceShutdown());
  const made: Shop = {
    server,
    calls: 0,
    get waiting() {
      return waiting.length;
    },
    release() {
      for (const go of waiting.splice(0)) go();
    },
  };
  return made;
}

/** The address of a server, bound to a port of loopback. */
export async function bound({ server }: Shop): Promise<string> {
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, at) =>
      error ? reject(error) : resolve(at),
    ),
  );
  return `127.0.0.1:${port}`;
}
