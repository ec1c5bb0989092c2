import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { buildPackages } from "../built-packages.ts";
import { compareTargets, printRatios, startTarget } from "../target-process.ts";
import { COUNT, lines } from "./changes.ts";

const ROUNDS = 9;
const STREAMS = 60;
const upload = Buffer.from(lines.map((line) => `${line}\n`).join(""));

/**
 * CPU time of a stream of a thousand small messages, of the process that answers it alone: the gateway in-process and to
 * a remote service, against a Fastify route that writes, or parses, the same lines.
 */
export async function run(): Promise<void> {
  buildPackages(["fastify-grpc-gateway"]);
  const module = new URL("./stream-target.ts", import.meta.url);
  const backend = await startTarget(module, "backend");
  const targets = [];
  for (const name of ["bare", "in-process", "remote"]) {
    targets.push(await startTarget(module, name, `127.0.0.1:${backend.port}`));
  }
  const ways = {
    [`${COUNT} messages to the client`]: [
      "GET",
      undefined,
      (text: string) => assert.equal(text, String(upload)),
    ],
    [`${COUNT} messages from the client`]: [
      "POST",
      upload,
      (text: string) => assert.equal(text, `{"count":${COUNT}}`),
    ],
  } as const;
  try {
    for (const [title, [method, body, check]] of Object.entries(ways)) {
      for (const { port } of targets) check(await send(new Agent(), port, method, body));
      const best = await compareTargets(targets, ROUNDS, STREAMS, async (port) => {
        const agent = new Agent({ keepAlive: true });
        for (let i = 0; i < STREAMS; i += 1) await send(agent, port, method, body);
        agent.destroy();
      });
      printRatios(`stream, ${title}: CPU of the answering process, best of ${ROUNDS}`, best);
    }
  } finally {
    for (const { child } of [backend, ...targets]) child.disconnect();
  }
}

function send(agent: Agent, port: number, method: string, body?: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        port,
        host: "127.0.0.1",
        path: "/v1/changes",
        method,
        agent,
        ...(body && {
          headers: { "content-type": "application/x-ndjson", "content-length": body.length },
        }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => resolve(Buffer.concat(chunks).toString()));
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
