import type { TestContext } from "node:test";
import {
  Client,
  credentials,
  Metadata,
  type MethodDefinition,
  ServerCredentials,
  type ServiceError,
  type StatusObject,
} from "@grpc/grpc-js";
import { createHttp2Transport } from "grpc-http2-client";
import type { Transport } from "grpc-transcoding";
import { createChannelTransport } from "../../src/transport/channel.ts";
import { createInProcessTransport } from "../../src/transport/in-process.ts";
import type { Upstream } from "../../src/transport/upstream.ts";
import { type RestAnswer, type RestClient, restClients } from "../rest-clients.ts";
import { type EndsService, type Kind, requests, shopService } from "./ends-service.ts";
import type { Behaviour } from "./handled-calls.ts";
import { WatchedTransport } from "./watched-transport.ts";

/** What a client saw of a call: the status code of HTTP, where there is one, and that of gRPC. */
export interface ClientView {
  readonly http?: number;
  readonly code: number;
  /** False where the answer breaks off behind the line that tells the failure. */
  readonly isWhole?: boolean;
}

/** A call as its client has it. */
export interface ClientCall {
  /** Resolves with what the client saw; with undefined when it got no answer, or no whole one. */
  readonly seen: Promise<ClientView | undefined>;
  /** Resolves with the first message of a stream. */
  readonly begun: Promise<unknown>;
  /** Gives the call up. */
  cancel(): void;
}

/** How a request differs from a good one. */
export interface RequestShape {
  readonly deadlineMs?: number;
  /** By a hook of the app, or because there is no such method. */
  readonly refusedBy?: "hook" | "method";
}

/** A client of one protocol, with one connection. */
export interface ProtocolClient {
  start(kind: Kind, behaviour: Behaviour, shape?: RequestShape): ClientCall;
  close(): void;
}

/** One way in which a call can come: from which client, and to which upstream. */
export interface Protocol {
  readonly name: string;
  readonly isRest: boolean;
  connect(t: TestContext, port: number): ProtocolClient;
  upstream(t: TestContext, service: EndsService): Promise<Upstream>;
}

/** The header of requests that the app's hook refuses. */
export const refusedHeader = "x-refuse";

function restView({ statusCode, body, isWhole }: RestAnswer): ClientView | undefined {
  const last = JSON.parse(body.trimEnd().split("\n").at(-1) || "{}");
  if (!isWhole && last.error === undefined) return undefined;
  const code = statusCode === 200 ? (last.error?.code ?? 0) : last.code;
  return { http: statusCode, code, ...(!isWhole && { isWhole }) };
}

function restProtocol(connect: (t: TestContext, port: number) => RestClient) {
  return (t: TestContext, port: number): ProtocolClient => {
    const client = connect(t, port);
    return {
      start(kind, behaviour, { deadlineMs, refusedBy } = {}) {
        const query = new URLSearchParams(Object.entries(requests["server stream"](behaviour)));
        const path = kind === "unary" ? `/v1/items/${behaviour}` : `/v1/items:count?${query}`;
        const headers = {
          ...(deadlineMs !== undefined && { "grpc-timeout": `${deadlineMs}m` }),
          ...(refusedBy === "hook" && { [refusedHeader]: "1" }),
        };
        const call = client.start(path, headers, refusedBy === "method" ? "DELETE" : "GET");
        return {
          seen: call.answer.then(restView, () => undefined),
          begun: call.begun,
          cancel: call.leave,
        };
      },
      close: () => client.close(),
    };
  };
}

function connectNative(t: TestContext, port: number): ProtocolClient {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  t.after(() => client.close());
  return {
    start(kind, behaviour, { deadlineMs, refusedBy } = {}) {
      const method = (
        kind === "unary" ? shopService.GetItem : shopService.Count
      ) as MethodDefinition<object, object>;
      const path = refusedBy === "method" ? "/shop.v1.Shop/Missing" : method.path;
      const options = deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
      const metadata = new Metadata();
      if (refusedBy === "hook") metadata.set(refusedHeader, "1");
      const { requestSerialize, responseDeserialize } = method;
      const request = requests[kind](behaviour);
      if (kind === "unary") {
        let end = (_view: ClientView): void => {};
        const seen = new Promise<ClientView>((resolve) => {
          end = resolve;
        });
        const call = client.makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          request,
          metadata,
          options,
          (error: ServiceError | null) => end({ code: error?.code ?? 0 }),
        );
        return { seen, begun: seen, cancel: () => call.cancel() };
      }
      const call = client.makeServerStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadata,
        options,
      );
      call.on("error", () => {});
      return {
        seen: new Promise((resolve) => {
          call.on("status", ({ code }: StatusObject) => resolve({ code }));
        }),
        begun: new Promise((resolve) => {
          call.on("data", resolve);
        }),
        cancel: () => call.cancel(),
      };
    },
    close: () => client.close(),
  };
}

async function inProcess(_t: TestContext, { server }: EndsService): Promise<Upstream> {
  return new WatchedTransport(createInProcessTransport(server));
}

/** The service behind a socket of its own. */
const remote =
  (connect: (target: string) => Transport) =>
  async (t: TestContext, { server }: EndsService): Promise<Upstream> => {
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    const transport = new WatchedTransport(connect(`127.0.0.1:${port}`));
    t.after(async () => {
      await transport.close();
      server.forceShutdown();
    });
    return transport;
  };

const overGrpcJs = remote((target) => createChannelTransport(target));
const overHttp2 = remote((target) => createHttp2Transport({ target }));

const rest = Object.entries(restClients).flatMap(([version, connect]) =>
  Object.entries({
    "in-process": inProcess,
    "remote by grpc-js": overGrpcJs,
    "remote by http2": overHttp2,
  }).map(([kind, upstream]) => ({
    name: `REST over ${version}, ${kind}`,
    isRest: true,
    connect: restProtocol(connect),
    upstream,
  })),
);

export const protocols: readonly Protocol[] = [
  ...rest,
  {
    name: "native, in-process",
    isRest: false,
    connect: connectNative,
    // No transport is between: the split gives the streams to the server.
    upstream: async (_t, { server }) => server,
  },
  {
    name: "native, passed on by grpc-js",
    isRest: false,
    connect: connectNative,
    upstream: overGrpcJs,
  },
  {
    name: "native, passed on by http2",
    isRest: false,
    connect: connectNative,
    upstream: overHttp2,
  },
];
