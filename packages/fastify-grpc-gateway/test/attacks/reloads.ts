import { once } from "node:events";
import http2 from "node:http2";
import { AttackedServer } from "./attacked-server.ts";

/** What reloads left behind; bytes. */
export interface ReloadResult {
  /** From the end of the first reloads to that of the last. */
  readonly heapGrowth: number;
  /** From the end of the first reloads to after the app has closed. */
  readonly heapGrowthClosed: number;
  /** Warnings and faults of the process. */
  readonly complaints: readonly string[];
}

/**
 * Reloads a gateway with an upstream in another process, while a connection of HTTP/2 is open. The first reloads
 * fill what is filled only once.
 */
export async function reloads(
  upstream: string,
  first: number,
  total: number,
): Promise<ReloadResult> {
  const server = await AttackedServer.start({ kind: "gateway", upstream });
  try {
    const session = http2.connect(`http://${server.address}`).on("error", () => {});
    await once(session, "connect");
    const begun = await server.ask("reload", first);
    const before = await server.ask("collect");
    await server.ask("reload", total - first);
    const after = await server.ask("collect");
    const stillServed = session.request({ ":path": "/v1/echo/hi" }).resume();
    const [head] = await once(stillServed, "response");
    session.close();
    await server.ask("close");
    const closed = await server.ask("collect");
    if (begun === undefined || before === undefined || after === undefined || closed === undefined)
      throw new Error(`the server has died: ${server.death}`);
    return {
      heapGrowth: after.heap - before.heap,
      heapGrowthClosed: closed.heap - before.heap,
      complaints: [
        ...closed.warnings,
        ...closed.uncaught,
        ...(head[":status"] === 200 ? [] : [`answered ${head[":status"]}`]),
      ],
    };
  } finally {
    await server.stop();
  }
}
