import { join } from "node:path";
import { bundledProtoDir, createJsonCodec, loadSchema } from "grpc-transcoding";

/** `grpc.health.v1.HealthCheckResponse.ServingStatus`, as far as anybody here tells it. */
export type ServingStatus = "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";

/** The messages of grpc.health.v1 (https://github.com/grpc/grpc/blob/master/doc/health-checking.md). */
export interface HealthCodec {
  /** The service that a HealthCheckRequest names, `""` for all. Throws for bytes that are none. */
  readRequest(bytes: Uint8Array): string;
  writeResponse(status: ServingStatus): Buffer;
  /** Whether a HealthCheckResponse says SERVING; false for bytes that are none. */
  saysServing(bytes: Uint8Array): boolean;
}

export const healthService = "grpc.health.v1.Health";

/** Compiles the codec from the bundled proto. */
export async function loadHealthCodec(): Promise<HealthCodec> {
  const schema = await loadSchema({ proto: join(bundledProtoDir, "grpc/health/v1/health.proto") });
  const [check] = schema.services.flatMap(({ methods }) => methods);
  if (check === undefined) throw new Error(`the bundled ${healthService} has no method`);
  const codec = createJsonCodec(schema.registry, {
    naming: "json",
    emit: "implicit",
    enums: "name",
    unknownFields: "reject",
  });
  const readRequest = codec.toJson(check.input);
  const readResponse = codec.toJson(check.output);
  const writeResponse = codec.toWire(check.output);
  return {
    readRequest: (bytes) => JSON.parse(readRequest(bytes).toString()).service ?? "",
    writeResponse: (status) => writeResponse({ status }),
    saysServing(bytes) {
      try {
        return JSON.parse(readResponse(bytes).toString()).status === "SERVING";
      } catch {
        return false;
      }
    },
  };
}
