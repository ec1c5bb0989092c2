import { ServerCredentials } from "@grpc/grpc-js";
import { createServiceServer } from "./service-server.ts";

// The services alone, for `UPSTREAM=127.0.0.1:50051 npm start` in another shell.
const server = await createServiceServer();
server.bindAsync(
  `127.0.0.1:${process.env.GRPC_PORT ?? 50051}`,
  ServerCredentials.createInsecure(),
  (error, port) => {
    if (error) throw error;
    process.stdout.write(`gRPC services on 127.0.0.1:${port}\n`);
  },
);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => server.tryShutdown(() => {}));
}
