import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { Agent, get } from "node:http";
import { fileURLToPath } from "node:url";
import { Client, credentials } from "@grpc/grpc-js";
import { path, request, sameBytes } from "./byte-service.ts";
import { type Call, type Contender, inParallel, leastMicros } from "./rounds.ts";

interface Target {
  readonly child: ChildProcess;
  readonly port: number;
}

async function start(name: string): Promise<Target> {
  const child = fork(fileURLToPath(new URL("./port-target.ts", import.meta.url)), [name], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return { child, port };
}

async function cpuMicros({ child }: Target): Promise<number> {
  const answer = once(child, "message");
  child.send("cpu");
  const [{ cpuMicros: micros }] = (await answer) as [{ cpuMicros: number }];
  return micros;
}

/** What a target's own process spends on calls that this process makes. */
function against(name: string, target: Target, count: number, call: Call): Contender {
  return {
    name,
    count,
    async spend(calls) {
      const before = await cpuMicros(target);
      await inParallel(calls, 16, call);
      return (await cpuMicros(target)) - before;
    },
  };
}

function grpcCall(client: Client): Call {
  return (done) => client.makeUnaryRequest(path, sameBytes, sameBytes, request, done);
}

function httpCall(port: number, agent: Agent | false): Call {
  return (done) => {
    get({ host: "127.0.0.1", port, agent }, (response) => {
      response.resume().on("end", done);
    }).on("error", done);
  };
}

/** Native gRPC through the split against grpc-js' own port, and what the split costs HTTP/1.1. */
export async function comparePortSplit(): Promise<void> {
  const [own, bare, plain, http2] = [
    await start("grpc-js"),
    await start("bare"),
    await start("plain"),
    await start("http2"),
  ];
  const clients: Client[] = [];
  const grpc = (name: string, target: Target): Contender => {
    const client = new Client(`127.0.0.1:${target.port}`, credentials.createInsecure(), {
      "grpc.enable_channelz": 0,
    });
    clients.push(client);
    return against(name, target, 2_000, grpcCall(client));
  };
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  try {
    report(
      "native gRPC, per call",
      await leastMicros(
        [grpc("grpc-js bindAsync", own), grpc("split, http", plain), grpc("split, http2", http2)],
        9,
      ),
    );
    report(
      "HTTP/1.1 keep-alive, per request",
      await leastMicros(
        [
          against("bare Fastify", bare, 4_000, httpCall(bare.port, agent)),
          against("with the split", plain, 4_000, httpCall(plain.port, agent)),
        ],
        9,
      ),
    );
    report(
      "HTTP/1.1, per connection",
      await leastMicros(
        [
          against("bare Fastify", bare, 2_000, httpCall(bare.port, false)),
          against("with the split", plain, 2_000, httpCall(plain.port, false)),
        ],
        7,
      ),
    );
  } finally {
    agent.destroy();
    for (const client of clients) client.close();
    for (const { child } of [own, bare, plain, http2]) child.disconnect();
  }
}

function report(title: string, least: ReadonlyMap<string, number>): void {
  const [first = 1] = least.values();
  console.log(`\none port: ${title}: CPU of the serving process, least of the rounds`);
  for (const [name, micros] of least) {
    console.log(
      `  ${name.padEnd(20)} ${micros.toFixed(1).padStart(8)} us   ${(micros / first).toFixed(2)} x`,
    );
  }
}
