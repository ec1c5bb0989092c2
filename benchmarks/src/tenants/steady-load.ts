import { Agent, request } from "node:http";

/** The answers to requests that were sent at a steady rate. */
export interface LoadResult {
  /** From when each was due until its answer was there, in ms. */
  readonly latencies: readonly number[];
  /** How often each `"status body"` came. */
  readonly answers: ReadonlyMap<string, number>;
}

/** A GET over the agent's connections; answers `"status body"`, or the code of what broke the connection. */
export function get(agent: Agent, port: number, path: string): Promise<string> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void => resolve(String(error.code));
    request({ port, host: "127.0.0.1", path, agent }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        body += chunk;
      });
      response.on("error", failed).on("end", () => resolve(`${response.statusCode} ${body}`));
    })
      .on("error", failed)
      .end();
  });
}

/** Sends requests at a rate whether or not earlier ones are answered, until it is told to stop. */
export function steadyLoad(
  port: number,
  paths: readonly string[],
  perSecond: number,
): { stop(): Promise<LoadResult> } {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const latencies: number[] = [];
  const answers = new Map<string, number>();
  const pending = new Set<Promise<void>>();
  const began = performance.now();
  let sent = 0;
  const send = (): void => {
    const due = began + (sent * 1000) / perSecond;
    const path = paths[sent % paths.length] as string;
    sent += 1;
    const one = get(agent, port, path).then((answer) => {
      latencies.push(performance.now() - due);
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
      pending.delete(one);
    });
    pending.add(one);
  };
  const timer = setInterval(() => {
    while (began + (sent * 1000) / perSecond <= performance.now()) send();
  }, 1);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(pending);
      agent.destroy();
      return { latencies, answers };
    },
  };
}

/** The latency that a share of requests stayed within, in ms. */
export function percentile(latencies: readonly number[], share: number): number {
  const sorted = [...latencies].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
