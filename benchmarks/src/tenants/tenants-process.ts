import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { builtExecArgv } from "../built-packages.ts";

/** What the target is told to do. */
export interface TargetCommand {
  readonly name:
    | "stop"
    | "start"
    | "reload"
    | "longest-turn"
    | "idle-turn"
    | "in-flight"
    | "heap"
    | "start-cpu"
    | "cpu";
  readonly id?: string;
}

/** A process that serves, with the port that it serves on. */
export interface ServingProcess {
  readonly child: ChildProcess;
  readonly port: number;
}

/** Starts a module that sends `{ port }` when it serves. */
export async function startProcess(name: string, ...args: string[]): Promise<ServingProcess> {
  const module = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const child = fork(module, args, {
    execArgv: [...builtExecArgv, "--expose-gc"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return { child, port };
}

/** An app with tenants in a process of its own. */
export interface TenantsProcess extends ServingProcess {
  /** One command at a time. */
  tell(name: TargetCommand["name"], id?: string): Promise<unknown>;
}

export async function startTenants(document: string): Promise<TenantsProcess> {
  const { child, port } = await startProcess("tenants-target", document);
  return {
    child,
    port,
    async tell(name, id) {
      child.send({ name, id });
      const [{ result }] = (await once(child, "message")) as [{ result: unknown }];
      return result;
    },
  };
}
