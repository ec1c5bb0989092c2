import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { buildPackages, builtExecArgv } from "../built-packages.ts";
import { type Contender, leastMicros } from "../transport/rounds.ts";

const REQUESTS = 3000;
const ROUNDS = 7;
const BUDGET = 1.5;

const outcomes: readonly [name: string, path: string, statusCode: number][] = [
  ["small success", "/status/v1/x/small", 200],
  ["success", "/status/v1/x/ok", 200],
  ["NOT_FOUND, status body", "/status/v1/x/plain", 404],
  ["two details, status body", "/status/v1/x/details", 400],
  ["NOT_FOUND, problem body", "/problem/v1/x/plain", 404],
  ["two details, problem body", "/problem/v1/x/details", 400],
  ["refused by the gateway", "/status/v1/x/ok?nope=1", 400],
];

/**
 * CPU time of an error response against that of a success of the same method, of the process that
 * answers alone. The table has 50 rules. The small success is like NOT_FOUND: 90 bytes of JSON. The
 * other is like an error with details: 300 bytes, and one entry of trailing metadata.
 */
export async function run(): Promise<void> {
  buildPackages(["fastify-grpc-errors", "fastify-grpc-gateway"]);
  const child = fork(fileURLToPath(new URL("./target.ts", import.meta.url)), {
    execArgv: [...builtExecArgv],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  const sockets = Array.from({ length: 16 }, () => connect(port, "127.0.0.1"));
  try {
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
    const contenders = outcomes.map(
      ([name, path, statusCode]): Contender => ({
        name,
        count: REQUESTS,
        spend: (count) => cpuOf(child, () => sendAll(sockets, count, path, statusCode)),
      }),
    );
    report(await leastMicros(contenders, ROUNDS));
  } finally {
    for (const socket of sockets) socket.destroy();
    child.disconnect();
  }
}

function report(micros: ReadonlyMap<string, number>): void {
  const small = micros.get("small success") ?? Number.NaN;
  const success = micros.get("success") ?? Number.NaN;
  console.log(
    `\nerrors: CPU per request of the answering process, best of ${ROUNDS}, budget ${BUDGET} x success`,
  );
  for (const [name, least] of micros) {
    const columns = [
      `${least.toFixed(1)} us`,
      `${(least / success).toFixed(2)} x success`,
      `${(least / small).toFixed(2)} x small success`,
    ];
    console.log(`  ${name.padEnd(26)}${columns.map((column) => column.padStart(22)).join("")}`);
  }
}

async function cpuOf(child: ChildProcess, work: () => Promise<void>): Promise<number> {
  const before = await cpuMicros(child);
  await work();
  return (await cpuMicros(child)) - before;
}

async function cpuMicros(child: ChildProcess): Promise<number> {
  child.send("cpu");
  const [{ cpuMicros: micros }] = (await once(child, "message")) as [{ cpuMicros: number }];
  return micros;
}

/**
 * Sends requests on all connections, each after the answer to the last. Never sleeps meanwhile: the
 * system call that wakes a sleeping client up counts as the server's time, and a slower server has
 * more of them.
 */
function sendAll(
  sockets: readonly Socket[],
  count: number,
  path: string,
  statusCode: number,
): Promise<void> {
  const request = `GET ${path} HTTP/1.1\r\nhost: bench\r\n\r\n`;
  const expected = `HTTP/1.1 ${statusCode} `;
  let unsent = count;
  let unanswered = count;
  return new Promise((resolve, reject) => {
    for (const socket of sockets) {
      socket.removeAllListeners("data").on("data", (chunk: Buffer) => {
        // An answer is a small single write, so a chunk is an answer.
        if (chunk.toString("latin1", 0, expected.length) !== expected) {
          reject(new Error(`${path} answered ${chunk}`));
        }
        unanswered -= 1;
        if (unanswered === 0) resolve();
        else next(socket);
      });
      next(socket);
    }
    stayAwake();
    function stayAwake(): void {
      if (unanswered > 0) setImmediate(stayAwake);
    }
    function next(socket: Socket): void {
      unsent -= 1;
      if (unsent >= 0) socket.write(request);
    }
  });
}
