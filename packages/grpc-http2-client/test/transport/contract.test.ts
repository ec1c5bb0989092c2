import type { TestContext } from "node:test";
import { type Server, ServerCredentials } from "@grpc/grpc-js";
import { runTransportContract } from "grpc-transcoding/testing";
import { createHttp2Transport } from "../../src/transport.ts";

async function bind(t: TestContext, server: Server): Promise<string> {
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  t.after(() => server.forceShutdown());
  return `127.0.0.1:${port}`;
}

runTransportContract("http2", async (t, server, limits = {}) => {
  const transport = createHttp2Transport({ target: await bind(t, server), ...limits });
  t.after(() => transport.close?.());
  return transport;
});
