import { Client, credentials, ServerCredentials, ServerInterceptingCall } from "@grpc/grpc-js";
import { createInProcessTransport } from "fastify-grpc-gateway";
import type { Transport } from "grpc-transcoding";
import { byteServer, path, request, sameBytes } from "./byte-service.ts";
import { type Call, type Contender, inParallel, leastMicros, ownCpuMicros } from "./rounds.ts";

const method = { path, clientStreaming: false, serverStreaming: false };

function callOf(transport: Transport): Call {
  return (done) => {
    const handle = transport.start(
      {
        method,
        metadata: [],
        deadline: { at: Date.now() + 30_000, source: "gateway" },
        peer: "127.0.0.1:1",
        timing: {},
      },
      {
        onHeaders() {},
        onMessage() {},
        onStatus: ({ code, message }) => done(code === 0 ? null : new Error(message)),
      },
    );
    handle.read();
    handle.send(request);
    handle.halfClose();
  };
}

function inProcess(name: string, transport: Transport): Contender {
  const call = callOf(transport);
  const spend = (count: number) => ownCpuMicros(() => inParallel(count, 32, call));
  return { name, count: 50_000, spend };
}

/** One unary call with a deadline, client and server side, in this process against grpc-js over loopback. */
export async function compareInProcess(): Promise<void> {
  const bound = byteServer();
  const port = await new Promise<number>((resolve, reject) => {
    bound.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, found) =>
      error ? reject(error) : resolve(found),
    );
  });
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    "grpc.enable_channelz": 0,
    "grpc.enable_retries": 0,
  });
  const overLoopback: Call = (done) => {
    const options = { deadline: Date.now() + 30_000 };
    client.makeUnaryRequest(path, sameBytes, sameBytes, request, options, done);
  };
  const interceptors = [
    (_method: unknown, inner: ConstructorParameters<typeof ServerInterceptingCall>[0]) =>
      new ServerInterceptingCall(inner),
  ];
  const least = await leastMicros(
    [
      inProcess("in-process", createInProcessTransport(byteServer())),
      inProcess(
        "in-process, awaiting handler",
        createInProcessTransport(byteServer({}, { late: true })),
      ),
      inProcess(
        "in-process, one interceptor",
        createInProcessTransport(byteServer({ interceptors })),
      ),
      {
        name: "grpc-js over loopback",
        count: 2_000,
        spend: (count) => ownCpuMicros(() => inParallel(count, 32, overLoopback)),
      },
    ],
    7,
  );
  client.close();
  bound.forceShutdown();

  const loopback = least.get("grpc-js over loopback") as number;
  console.log("\ntransport: CPU per unary call with a deadline, both sides, best of 7");
  for (const [name, micros] of least) {
    const ratio = `loopback / ${(loopback / micros).toFixed(0)}`;
    console.log(`  ${name.padEnd(30)} ${micros.toFixed(2).padStart(8)} us   ${ratio}`);
  }
}
