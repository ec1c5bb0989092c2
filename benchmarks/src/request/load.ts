import { Agent, request } from "node:http";
import type { Case } from "./cases.ts";

const CONCURRENCY = 16;

/** Sends a round of requests over keep-alive connections, each answered before the next of its connection. */
export async function sendRound(port: number, one: Case, count = one.requests): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await send(agent, port, one);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  agent.destroy();
}

/** Sends one request and answers its body. Throws for any status but 200. */
export function send(agent: Agent, port: number, { path, body }: Case): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    };
    const outgoing = request({ port, host: "127.0.0.1", path, method: "POST", agent, headers });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${path}: ${response.statusCode} ${text.slice(0, 200)}`));
      });
    });
    outgoing.end(body);
  });
}
