import type * as api from "@opentelemetry/api";

/** The package `@opentelemetry/api`; whatever copy is loaded, all share what an SDK has registered. */
export type OpenTelemetryApi = typeof api;

/** Loads `@opentelemetry/api`; undefined where it is not installed: then nobody can have an SDK. */
export async function loadApi(): Promise<OpenTelemetryApi | undefined> {
  try {
    return await import("@opentelemetry/api");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}
