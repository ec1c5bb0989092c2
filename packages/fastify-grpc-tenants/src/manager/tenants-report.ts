import type { FastifyBaseLogger } from "fastify";
import type { GatewayEvent, GatewayRegistry } from "grpc-transcoding";
import type { ReloadResult, TenantsError } from "./tenants-status.ts";

/** Who is told what becomes of documents: the log, and those who listen to the registry. */
export interface TenantsReportParts {
  /** The name of the tenants' gateway. */
  readonly gateway: string;
  readonly source: string;
  readonly log: FastifyBaseLogger;
  readonly emit: GatewayRegistry["emit"];
}

/** Tells that a document has become effective; nothing where it has changed no tenant. */
export function reportChange(parts: TenantsReportParts, result: ReloadResult): void {
  const { added, changed, removed } = result;
  if (added.length + changed.length + removed.length === 0) return;
  parts.log.info({ ...result, gateway: parts.gateway }, "the tenants have changed");
  emit(parts, { type: "tenants-changed", gateway: parts.gateway, ...result });
}

/** Tells that the source's document is not effective. */
export function reportError(parts: TenantsReportParts, error: Error, what: TenantsError): void {
  const { gateway, source, log } = parts;
  const { revision, message, problems } = what;
  const isAway = revision === undefined;
  const reason = isAway ? "cannot be had" : "is refused";
  const text = `the tenants document ${reason}: the one before stays effective`;
  log.error({ err: error, source, revision, gateway }, text);
  const type = isAway ? "tenants-unavailable" : "tenants-rejected";
  emit(parts, { type, gateway, revision, message, problems });
}

function emit({ emit: tell, log }: TenantsReportParts, event: GatewayEvent): void {
  const failed = (error: unknown): void =>
    log.error({ err: error }, "a listener to the tenants' events threw");
  tell(event, failed).forEach(failed);
}
