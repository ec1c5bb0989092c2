import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { freePort } from "../policies/free-port.ts";

/** Why there is no Prometheus to test against; false where there is one. */
export const withoutPrometheus: string | false =
  spawnSync("prometheus", ["--version"]).status === 0 &&
  spawnSync("promtool", ["--version"]).status === 0
    ? false
    : "prometheus and promtool are not installed: apt-get install prometheus";

/** What promtool says of its input: nothing, if all is well. */
export function promtool(args: readonly string[], input = ""): string {
  const { status, stdout, stderr } = spawnSync("promtool", args, { input, encoding: "utf8" });
  return status === 0 ? "" : `${stdout}${stderr}`;
}

/** A real server on loopback that scrapes one page, with a folder of its own. */
export interface PrometheusServer {
  /** The series of an instant query. Throws what Prometheus says of an expression that it refuses. */
  query(expression: string): Promise<readonly { readonly metric: Record<string, string> }[]>;
}

/** Starts Prometheus on a page; ends with the test. */
export async function prometheusServer(
  t: TestContext,
  target: string,
  rules: string,
): Promise<PrometheusServer> {
  const dir = mkdtempSync(join(tmpdir(), "telemetry-prometheus-"));
  const port = await freePort();
  const config = {
    global: { scrape_interval: "200ms", evaluation_interval: "1s" },
    rule_files: [rules],
    scrape_configs: [{ job_name: "app", static_configs: [{ targets: [target] }] }],
  };
  // JSON is YAML.
  writeFileSync(join(dir, "prometheus.yml"), JSON.stringify(config));
  const args = [
    `--config.file=${join(dir, "prometheus.yml")}`,
    `--storage.tsdb.path=${join(dir, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const child: ChildProcess = spawn("prometheus", args, { stdio: ["ignore", "ignore", "pipe"] });
  t.after(async () => {
    if (child.exitCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    rmSync(dir, { recursive: true });
  });
  await ready(child);
  return {
    async query(expression) {
      const parameters = new URLSearchParams({ query: expression });
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/query?${parameters}`);
      const answer = (await response.json()) as {
        readonly error?: string;
        readonly data?: { readonly result: readonly { readonly metric: Record<string, string> }[] };
      };
      if (answer.data === undefined) throw new Error(`${expression}: ${answer.error}`);
      return answer.data.result;
    },
  };
}

async function ready({ stderr }: ChildProcess): Promise<void> {
  for await (const line of createInterface({ input: stderr as NodeJS.ReadableStream })) {
    if (!line.includes("Server is ready")) continue;
    stderr?.resume();
    return;
  }
  throw new Error("prometheus ended before it was ready");
}
