import type { ErrorMapper } from "grpc-transcoding";

/** An error table that answers everything with one status. */
export function createErrorMapper(statusCode: number): ErrorMapper {
  return {
    toHttp: ({ status }) => ({ statusCode, headers: {}, body: JSON.stringify(status.message) }),
    responsesOf: () => [],
    bodyFormats: ["status"],
  };
}
