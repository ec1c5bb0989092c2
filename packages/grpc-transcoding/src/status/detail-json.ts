import type { ErrorInfo } from "./error-details.ts";
import type { ErrorContext } from "./error-mapper.ts";
import type { StatusDetail } from "./status.ts";

/** A detail as ProtoJSON of google.protobuf.Any: the type URL and the message's fields. */
export interface DetailJson {
  readonly "@type": string;
  readonly [field: string]: unknown;
}

/** One detail as JSON. Never throws: `{"@type", "value": base64}` for a type that is unknown or bytes that are not it. */
export function detailToJson(detail: StatusDetail, _context: ErrorContext): DetailJson {
  return { "@type": detail.typeUrl, value: Buffer.from(detail.value).toString("base64") };
}

/** The full name of a detail's message, for example `"google.rpc.BadRequest"`. */
export function detailType(detail: Pick<StatusDetail, "typeUrl">): string {
  return detail.typeUrl.slice(detail.typeUrl.lastIndexOf("/") + 1);
}

/** The first detail of a type, by the full name of its message. */
export function findDetail(details: readonly DetailJson[], type: string): DetailJson | undefined {
  return details.find((detail) => detailType({ typeUrl: detail["@type"] }) === type);
}

/** The google.rpc.ErrorInfo among printed details; AIP-193 allows one. */
export function errorInfoOf(details: readonly DetailJson[]): ErrorInfo | undefined {
  const { reason, domain, metadata }: Readonly<Record<string, unknown>> =
    findDetail(details, "google.rpc.ErrorInfo") ?? {};
  if (typeof reason !== "string" || typeof domain !== "string") return undefined;
  return { reason, domain, metadata: (metadata ?? {}) as Record<string, string> };
}
