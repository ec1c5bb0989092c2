import { once } from "node:events";
import http2 from "node:http2";
import type { AttackedServer } from "./attacked-server.ts";

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
 * Reloads a gateway, whose upstream is in another process, while a connection of HTTP/2 is open, and closes its app. The
 * first reloads fill what is filled only once.
 */
export async function reloads(
  server: AttackedServer,
  first: number,
  total: number,
): Promise<ReloadResult> {
  const session = http2.connect(`http://${server.address}`).on("error", () => {});
  await once(session, "connect");
  await server.ask("reload", first);
  const before = await server.ask("collect");
  await server.ask("reload", total - first);
  const after = await server.ask("collect");
  const response = session.request({ ":path": "/v1/echo/hi" }).resume();
  const [head] = await once(response, "response");
  session.close();
  await server.ask("close");
  const closed = await server.ask("collect");
  if (before === undefined || after === undefined || closed === undefined) {
    throw new Error(`the server has died: ${server.death}`);
  }
  return {
    heapGrowth: after.heap - before.heap,
    heapGrowthClosed: closed.heap - before.heap,
    complaints: [
      ...closed.warnings,
      ...closed.uncaught,
      ...(head[":status"] === 200 ? [] : [`answered ${head[":status"]}`]),
    ],
  };
}
