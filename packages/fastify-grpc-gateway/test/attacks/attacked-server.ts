import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Target } from "./raw-connection.ts";
import type { ProcessReport, ServerRequest, ServerSpec } from "./server-protocol.ts";

interface ServerMessage {
  readonly id?: number;
  readonly port?: number;
  readonly http1Port?: number;
  readonly report?: ProcessReport;
}

// Another version of Node for the servers than for the attacks.
const execPath = process.env.ATTACKED_NODE ?? process.execPath;
const entry = fileURLToPath(new URL("./attacked-process.ts", import.meta.url));

/** How long a server may take to start or to answer its parent, in milliseconds. */
const patienceMs = 60_000;

/** A server in a process of its own. */
export class AttackedServer implements Target {
  readonly port: number;
  readonly http1Port: number;
  readonly secure: boolean;
  /** How the process ended by itself: a signal or an exit code. */
  death: string | undefined;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (report: ProcessReport | undefined) => void>();
  #lastId = 0;

  private constructor(child: ChildProcess, ready: ServerMessage, secure: boolean) {
    this.#child = child;
    this.port = ready.port ?? 0;
    this.http1Port = ready.http1Port ?? 0;
    this.secure = secure;
    child.on("message", ({ id = 0, report }: ServerMessage) => this.#settle(id, report));
    child.on("exit", (code, signal) => {
      this.death = signal ?? `exit ${code}`;
      for (const id of this.#waiting.keys()) this.#settle(id, undefined);
    });
  }

  /** Starts a server and waits until it listens. Throws when it does not. */
  static async start(spec: ServerSpec, secure = false): Promise<AttackedServer> {
    const child = fork(entry, [JSON.stringify(spec)], {
      execPath,
      execArgv: ["--expose-gc", "--conditions=@fastify-grpc/source", "--import", "tsx"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    // Also one that hears nothing any more.
    const endWithUs = (): void => void child.kill("SIGKILL");
    process.once("exit", endWithUs);
    child.once("exit", () => process.off("exit", endWithUs));
    const timer = setTimeout(endWithUs, patienceMs);
    const [ready] = await Promise.race([once(child, "message"), once(child, "exit")]);
    clearTimeout(timer);
    if (typeof ready !== "object") throw new Error(`the server ended at its start: ${ready}`);
    return new AttackedServer(child, ready as ServerMessage, secure);
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Asks the process; undefined when it has died or does not answer in time. */
  async ask(does: ServerRequest["does"], times = 0): Promise<ProcessReport | undefined> {
    if (this.death !== undefined) return undefined;
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(id, undefined), patienceMs);
      this.#waiting.set(id, (report) => {
        clearTimeout(timer);
        resolve(report);
      });
      // An error means that the process is gone; its exit tells.
      this.#child.send({ id, does, times } satisfies ServerRequest, () => {});
    });
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exit;
  }

  #settle(id: number, report: ProcessReport | undefined): void {
    const resolve = this.#waiting.get(id);
    this.#waiting.delete(id);
    resolve?.(report);
  }
}
