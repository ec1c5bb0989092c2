const grpc = "application/grpc";

/**
 * Whether a request is native gRPC: `application/grpc`, alone or with a subtype (`+proto`) or parameters. Never
 * `application/grpc-web`, which a browser's HTTP can carry. The one predicate of the split: a
 * wider one elsewhere (grpc-js takes any text with this prefix) would let requests around a policy.
 */
export function isGrpcContentType(contentType: unknown): boolean {
  if (typeof contentType !== "string") return false;
  if (contentType.slice(0, grpc.length).toLowerCase() !== grpc) return false;
  const next = contentType[grpc.length];
  return next === undefined || next === "+" || next === ";" || next === " " || next === "\t";
}
