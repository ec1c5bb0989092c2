import { ServerCredentials } from "@grpc/grpc-js";
import { shopServer } from "./shop.ts";

// The shop in a process of its own: `upstream-process.ts PORT`. Sends "ready", and ends with its parent.

const server = await shopServer();
process.on("disconnect", () => process.exit());
server.bindAsync(`127.0.0.1:${process.argv[2]}`, ServerCredentials.createInsecure(), (error) => {
  if (error) throw error;
  process.send?.("ready");
});
