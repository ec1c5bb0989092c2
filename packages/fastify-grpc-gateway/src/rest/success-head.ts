import type { JsonCodec, MetadataEntries, SuccessRule } from "grpc-transcoding";
import { compileMessagePath, isFieldValue } from "grpc-transcoding/internal";

/** The metadata key by which a service chooses the status, as recipes for grpc-gateway have it. */
export const statusKey = "x-http-code";

/** What a successful answer begins with. */
export interface SuccessHead {
  readonly statusCode: number;
  /** Without the gateway's prefix. */
  readonly location: string | undefined;
}

/** Compiles the status and the location of successful answers. */
export function compileSuccessHead(
  { status, statuses, location }: Pick<SuccessRule, "status" | "statuses" | "location">,
  codec: Pick<JsonCodec, "fieldToJson">,
): (message: Uint8Array, metadata: MetadataEntries) => SuccessHead {
  const allowed = new Set(statuses.map(String));
  const pathOf = location && compileMessagePath(location, codec);
  return (message, metadata) => {
    const chosen = metadata.findLast(([key]) => key === statusKey)?.[1];
    const text = String(chosen);
    const statusCode = chosen !== undefined && allowed.has(text) ? Number(text) : status;
    return { statusCode, location: pathOf?.(message) };
  };
}

/** The cookies that a call's metadata sets. */
export function cookiesOf(metadata: MetadataEntries): readonly string[] {
  return metadata.flatMap(([key, value]) =>
    key === "set-cookie" && typeof value === "string" && isFieldValue(value) ? [value] : [],
  );
}
