import { timingSafeEqual } from "node:crypto";
import { type Policy, type PolicyCall, refuse } from "fastify-grpc-gateway";

const service = "library.v1.LibraryService";
const writes: ReadonlySet<string> = new Set([
  "CreateShelf",
  "CreateBook",
  "BulkCreateBooks",
  "UpdateBook",
  "DeleteBook",
  "LendBook",
  "UploadCover",
]);

/** Whether a call changes something: a method that writes, or a handler of `handlePath` that does not only read. */
function isWrite({ method, request }: PolicyCall): boolean {
  if (method === undefined) return request?.method !== "GET" && request?.method !== "HEAD";
  return method.service === service && writes.has(method.name);
}

const message = "Writes need the header x-api-key.";

/** A policy that lets nobody write to the library without the key: by REST, by native gRPC or by a handler of our own. */
export function apiKeyPolicy(apiKey: string): Policy {
  const expected = Buffer.from(apiKey);
  const denied = refuse("UNAUTHENTICATED", message, {
    trailers: [["www-authenticate", 'ApiKey realm="library"']],
  });
  const policy: Policy = (call) => {
    if (!isWrite(call)) return undefined;
    const given = Buffer.from(String(call.headers["x-api-key"] ?? ""));
    const matches = given.length === expected.length && timingSafeEqual(given, expected);
    return matches ? { identity: "librarian" } : denied;
  };
  return Object.assign(policy, {
    responsesOf: (method) =>
      method.service.name === service && writes.has(method.name)
        ? [
            {
              statusCode: 401,
              code: "UNAUTHENTICATED",
              message,
              details: [],
              detailTypes: [],
              headers: ["www-authenticate"],
            },
          ]
        : [],
    security: (method) =>
      method.service.name === service && writes.has(method.name)
        ? [{ name: "ApiKey", scheme: { type: "apiKey", in: "header", name: "x-api-key" } }]
        : [],
  } satisfies Pick<Policy, "responsesOf" | "security">);
}
