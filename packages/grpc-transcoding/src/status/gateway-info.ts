import { STATUS_CODES } from "node:http";
import type { StatusDetail } from "../model/status.ts";
import { errorInfoDetail, gatewayDomain } from "./error-details.ts";

const known = new Map<string, StatusDetail>();

/** The ErrorInfo of a gateway's own failure. `reason` is the gateway's or a plugin's, never a client's: each is kept. */
export function gatewayInfo(reason: string): StatusDetail {
  const made = known.get(reason) ?? errorInfoDetail({ reason, domain: gatewayDomain });
  known.set(reason, made);
  return made;
}

/** The name of an HTTP status as a reason by AIP-193: 413 is `PAYLOAD_TOO_LARGE`. */
export function httpReason(statusCode: number): string {
  const name = STATUS_CODES[statusCode] ?? `HTTP ${statusCode}`;
  return name.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
}
