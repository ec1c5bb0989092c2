import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Way } from "../files/files-service.ts";
import type { TransferReport, TransferRequest } from "./transfer-protocol.ts";

const entry = fileURLToPath(new URL("./transfer-process.ts", import.meta.url));

/** A process of a gateway or a service. */
class TransferProcess {
  readonly port: number;
  readonly #child: ChildProcess;
  #lastId = 0;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
    child.setMaxListeners(0);
  }

  static async start(kind: "gateway" | "service", address = ""): Promise<TransferProcess> {
    const child = fork(entry, [kind, address], {
      execPath: process.env.ATTACKED_NODE ?? process.execPath,
      execArgv: ["--expose-gc", "--conditions=@fastify-grpc/source", "--import", "tsx"],
    });
    const [ready] = await Promise.race([once(child, "message"), once(child, "exit")]);
    if (typeof ready !== "object") throw new Error(`the process ended at its start: ${ready}`);
    return new TransferProcess(child, (ready as { readonly port: number }).port);
  }

  ask(does: TransferRequest["does"]): Promise<TransferReport> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const end = (code: unknown): void => reject(new Error(`the process has died: ${code}`));
      const take = (report: TransferReport): void => {
        if (report.id !== id) return;
        this.#child.off("message", take).off("exit", end);
        resolve(report);
      };
      this.#child.on("message", take).once("exit", end);
      this.#child.send({ id, does } satisfies TransferRequest, () => {});
    });
  }

  async stop(): Promise<void> {
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exit;
  }
}

/** A gateway in a process of its own, with its service in it or in a third one. */
export class TransferTarget {
  readonly port: number;
  readonly #gateway: TransferProcess;
  readonly #service: TransferProcess;
  #rssBefore = 0;
  /** Whether what is filled only once is full: compiled code, pools, the young part of the heap. */
  isWarm = false;

  private constructor(gateway: TransferProcess, service: TransferProcess) {
    this.#gateway = gateway;
    this.#service = service;
    this.port = gateway.port;
  }

  static async start(way: Way): Promise<TransferTarget> {
    if (way === "in-process") {
      const both = await TransferProcess.start("gateway");
      return new TransferTarget(both, both);
    }
    const service = await TransferProcess.start("service");
    const gateway = await TransferProcess.start("gateway", `127.0.0.1:${service.port}`);
    return new TransferTarget(gateway, service);
  }

  /** Counts anew, once no call is open, from what the gateway's process has after a garbage collection. */
  async restart(): Promise<void> {
    await this.until(({ open }) => open === 0);
    await this.#service.ask("restart");
    const { rss } = await this.#gateway.ask("restart");
    this.#rssBefore = rss;
  }

  /** Lets the service read what it has not read. */
  async resume(): Promise<void> {
    await this.#service.ask("resume");
  }

  /** How far the gateway's process has grown at most, in bytes. */
  async growth(): Promise<number> {
    const { peakRss } = await this.#gateway.ask("report");
    return peakRss - this.#rssBefore;
  }

  /** What the service's handlers have counted. */
  service(): Promise<TransferReport> {
    return this.#service.ask("report");
  }

  /** What the service has counted once it is so. */
  async until(isSo: (report: TransferReport) => boolean): Promise<TransferReport> {
    for (let tries = 0; tries < 1000; tries++) {
      const report = await this.service();
      if (isSo(report)) return report;
      await delay(10);
    }
    throw new Error("it did not come to be so in 10 s");
  }

  /** What the service has counted once it has sent and received nothing for 300 ms. */
  async whenStill(): Promise<TransferReport> {
    let last = await this.service();
    for (let still = 0; still < 6; ) {
      await delay(50);
      const now = await this.service();
      still = now.sent === last.sent && now.received === last.received ? still + 1 : 0;
      last = now;
    }
    return last;
  }

  async stop(): Promise<void> {
    await this.#gateway.stop();
    if (this.#service !== this.#gateway) await this.#service.stop();
  }
}
