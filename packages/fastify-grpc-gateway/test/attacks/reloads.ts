import http2 from "node:http2";
import type { AttackedServer } from "./attacked-server.ts";
import { answerOf, native } from "./honest-client.ts";

const reloadsPerCall = 20;

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
 * Reloads a gateway, whose upstream is in another process, while one connection of HTTP/2 makes native calls, and closes
 * its app. The first reloads fill what is filled only once.
 */
export async function reloads(
  server: AttackedServer,
  first: number,
  total: number,
): Promise<ReloadResult> {
  const connect = () => http2.connect(`http://${server.address}`).on("error", () => {});
  let session = connect();
  const reload = async (times: number): Promise<void> => {
    for (let done = 0; done < times; done += reloadsPerCall) {
      await server.ask("reload", reloadsPerCall);
      // The server lets go of a client that other tests of this process keep from answering its pings.
      if (session.closed || session.destroyed) session = connect();
      await answerOf(session, native);
    }
  };
  await reload(first);
  const before = await server.ask("collect");
  await reload(total - first);
  const after = await server.ask("collect");
  session.close();
  await server.ask("close");
  const closed = await server.ask("collect");
  if (before === undefined || after === undefined || closed === undefined) {
    throw new Error(`the server has died: ${server.death}`);
  }
  return {
    heapGrowth: after.heap - before.heap,
    heapGrowthClosed: closed.heap - before.heap,
    complaints: [...closed.warnings, ...closed.uncaught],
  };
}
