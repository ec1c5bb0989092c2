import type { TestContext } from "node:test";
import { connectHttp2, grpcHeaders, requestHttp1, requestHttp2 } from "../one-port/http-clients.ts";
import { plain } from "../one-port/server-shapes.ts";
import { whoAmI } from "./tenant-app.ts";

/** What a client of any protocol is told. */
export interface Told {
  /** The HTTP status, or `grpc` and the number of the gRPC code. */
  readonly status: string;
  /** Who answered. */
  readonly user: string | undefined;
  /** The header, or the trailer, that tells when to come back. */
  readonly retry: string | undefined;
  readonly body: string;
}

/** Asks who the caller is, as a tenant. */
export type AskAs = (tenant: string, headers?: Record<string, string>) => Promise<Told>;

/** Clients of REST by HTTP/1.1 and HTTP/2 and of native gRPC, by protocol. */
export function clientsOf(
  t: TestContext,
  port: number,
  path = "/v1/whoami",
): Record<"http1" | "http2" | "native", AskAs> {
  const session = connectHttp2(t, plain, port);
  const rest = (
    { statusCode, headers, body }: Awaited<ReturnType<typeof requestHttp1>>,
    user = () => JSON.parse(String(body)).user,
  ): Told => ({
    status: String(statusCode),
    user: statusCode === 200 ? user() : undefined,
    retry: headers["retry-after"] as string | undefined,
    body: String(body),
  });
  return {
    http1: async (tenant, headers) =>
      rest(await requestHttp1(plain, port, path, { headers: { "x-tenant": tenant, ...headers } })),
    http2: async (tenant, headers) =>
      rest(await requestHttp2(session, { ":path": path, "x-tenant": tenant, ...headers })),
    native: async (tenant, headers) => {
      const sent = { ...grpcHeaders(whoAmI), "x-tenant": tenant, ...headers };
      const answer = await requestHttp2(session, sent, Buffer.alloc(5));
      const told = { ...answer.headers, ...answer.trailers };
      return {
        status: `grpc ${told["grpc-status"]}`,
        user: told["grpc-status"] === "0" ? String(answer.body.subarray(7)) : undefined,
        retry: told["grpc-retry-pushback-ms"] as string | undefined,
        body: decodeURIComponent(String(told["grpc-message"] ?? "")),
      };
    },
  };
}
