import { ServerCredentials } from "@grpc/grpc-js";
import { shopServer } from "./shop-server.ts";

// An upstream in a process of its own, which can be killed: `tsx shop-target.ts NAME`. Sends { port: 0 } when it has
// started, and serves on the port that it is told, which it sends.

const [name = ""] = process.argv.slice(2);
process.on("disconnect", () => process.exit());
process.on("message", (port: number) => {
  const server = shopServer(name);
  server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
    if (error) throw error;
    process.send?.({ port: bound });
  });
});
process.send?.({ port: 0 });
