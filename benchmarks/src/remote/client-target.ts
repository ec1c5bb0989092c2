import { ServerCredentials } from "@grpc/grpc-js";
import { inParallel } from "../transport/rounds.ts";
import { remoteClients } from "./remote-clients.ts";
import { echoPath, remoteServer, STREAMED, streamPath } from "./remote-service.ts";

// A client, or the server, in a process of its own: `tsx client-target.ts NAME [TARGET]`. Over IPC a client answers
// each piece of work with the CPU time that it took, in microseconds.

interface Work {
  readonly isStream: boolean;
  readonly bytes: number;
  readonly count: number;
  readonly inFlight: number;
}

const [name = "", target = ""] = process.argv.slice(2);
process.on("disconnect", () => process.exit());
const create = remoteClients[name];
if (create === undefined) {
  remoteServer().bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.send?.({ port });
  });
} else {
  const call = create(target);
  process.on("message", async ({ isStream, bytes, count, inFlight }: Work) => {
    const request = Buffer.alloc(bytes, 7);
    const before = process.cpuUsage();
    await inParallel(count, inFlight, (done) => {
      call(isStream ? streamPath : echoPath, isStream, request, (error, messages) => {
        const isWhole = messages === (isStream ? STREAMED : 1);
        done(error ?? (isWhole ? null : new Error(`${messages} messages`)));
      });
    });
    const { user, system } = process.cpuUsage(before);
    process.send?.({ cpuMicros: user + system });
  });
  process.send?.({ port: 0 });
}
