import { FST_GRPC_AUTH_JOSE } from "../errors.ts";

/** The module jose. */
export type Jose = typeof import("jose");

/** Loads jose, an optional peer. Throws FST_GRPC_AUTH_JOSE. */
export async function loadJose(): Promise<Jose> {
  try {
    return await import("jose");
  } catch (error) {
    throw Object.assign(new FST_GRPC_AUTH_JOSE((error as Error).message), { cause: error });
  }
}
