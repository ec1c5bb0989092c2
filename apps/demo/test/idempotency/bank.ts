import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { Server, ServerUnaryCall, sendUnaryData } from "@grpc/grpc-js";
import { Metadata, ServerCredentials } from "@grpc/grpc-js";
import Fastify, { type FastifyInstance } from "fastify";
import grpcGateway, { createServer, type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";
import grpcIdempotency, { type FastifyGrpcIdempotencyOptions } from "fastify-grpc-idempotency";
import { Code, type CodeName, StatusError } from "grpc-transcoding";

export const bankProto: string = fileURLToPath(new URL("./proto", import.meta.url));

export interface Payment {
  readonly account?: string;
  readonly cents?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly does?: string;
}

/** What the bank has executed, and what it waits for. */
export class Ledger {
  /** The keys of payments, as the bank was told them, in order; "" for none. */
  readonly keys: string[] = [];
  #waiting: (() => void)[] = [];
  #onWait: (() => void)[] = [];

  count(key: string): number {
    return this.keys.filter((one) => one === key).length;
  }

  /** Resolves when the next payment waits: ask before it is sent. */
  begun(): Promise<void> {
    return new Promise((resolve) => this.#onWait.push(resolve));
  }

  /** Lets all payments that wait go on. */
  goOn(): void {
    for (const resume of this.#waiting.splice(0)) resume();
  }

  wait(resume: () => void): void {
    this.#waiting.push(resume);
    for (const tell of this.#onWait.splice(0)) tell();
  }
}

type Handler = (
  call: ServerUnaryCall<Required<Payment>, object>,
  callback: sendUnaryData<object>,
) => void;

export function bankServer(ledger: Ledger): Promise<Server> {
  const executing =
    (answer: (call: Parameters<Handler>[0]) => object): Handler =>
    (call, callback) => {
      const { does } = call.request;
      ledger.keys.push(String(call.metadata.get("idempotency-key")[0] ?? ""));
      const metadata = new Metadata();
      metadata.set("etag", `"${ledger.keys.length}"`);
      metadata.set("x-number", String(ledger.keys.length));
      call.sendMetadata(metadata);
      if (does === "wait") ledger.wait(() => callback(null, answer(call)));
      else if (does in Code) callback(new StatusError(Code[does as CodeName], "as it was told"));
      else callback(null, answer(call));
    };
  const receipt = executing(({ request: { account } }) => ({
    number: `n${ledger.keys.length}`,
    account,
  }));
  return createServer({
    proto: bankProto,
    services: {
      "bank.v1.Bank": {
        Pay: receipt,
        Order: receipt,
        Print: executing(({ request: { cents } }) => ({
          contentType: "application/octet-stream",
          data: Buffer.alloc(Number(cents), 0xff),
        })),
        Watch: (call: { end(): void }) => call.end(),
      },
    },
  } as never);
}

/** Listens on loopback; ends with the test. */
export async function bound(t: TestContext, server: Server): Promise<string> {
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, listening) =>
      error ? reject(error) : resolve(listening),
    ),
  );
  t.after(() => server.forceShutdown());
  return `127.0.0.1:${port}`;
}

export interface BankOptions {
  readonly ledger?: Ledger;
  /** An address, or a server of this process. @default one of this process */
  readonly upstream?: string | Server;
  readonly gateway?: Partial<FastifyGrpcGatewayOptions>;
  readonly idempotency?: FastifyGrpcIdempotencyOptions;
  /** Registers plugins, hooks and routes once the plugin is there, before the gateway. */
  readonly before?: (app: FastifyInstance) => void | Promise<void>;
}

/** An app in front of the bank, listening. */
export async function bankApp(t: TestContext, options: BankOptions = {}): Promise<BankApp> {
  const { ledger = new Ledger(), upstream, gateway, idempotency, before } = options;
  const app = Fastify({ forceCloseConnections: true });
  t.after(() => app.close());
  await app.register(grpcIdempotency, {
    methods: { "bank.v1.Bank/Pay": "required", "bank.v1.Bank/Print": "optional" },
    ...idempotency,
  });
  await before?.(app);
  await app.register(grpcGateway, {
    proto: bankProto,
    upstream: upstream ?? (await bankServer(ledger)),
    ...gateway,
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  return { app, ledger, port: (app.server.address() as AddressInfo).port };
}

export interface BankApp {
  readonly app: FastifyInstance;
  readonly ledger: Ledger;
  readonly port: number;
}

/** What a client learns. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
  /** Of a failure's ErrorInfo; undefined for none. */
  readonly reason: string | undefined;
  readonly replayed: boolean;
}

export interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, as it is or as a text. @default a payment */
  readonly body?: Payment | string;
  /** Aborted: the client leaves without an answer. */
  readonly signal?: AbortSignal;
}

/** Sends a request; rejects where the client has left. */
export type Send = (port: number, sent: Sent) => Promise<Answer>;

function textOf({ body = { account: "a", cents: "1" } }: Sent): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}

function headersOf({ key, headers }: Sent): Record<string, string> {
  const own = { "content-type": "application/json", ...headers };
  return key === undefined ? own : { "idempotency-key": key, ...own };
}

function answerOf(status: number, headers: Answer["headers"], body: Buffer): Answer {
  let reason: string | undefined;
  if (status >= 400) {
    try {
      const parsed = JSON.parse(body.toString());
      reason =
        parsed.details?.find((one: { reason?: string }) => one.reason)?.reason ?? parsed.code;
    } catch {}
  }
  return { status, headers, body, reason, replayed: headers["idempotency-replayed"] === "true" };
}

export const sendHttp1: Send = async (port, sent) => {
  const { path = "/v1/payments", method = "POST", signal } = sent;
  const request = http.request({
    port,
    host: "127.0.0.1",
    path,
    method,
    headers: headersOf(sent),
    agent: false,
    ...(signal && { signal }),
  });
  request.end(textOf(sent));
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  const body = Buffer.concat(await response.toArray());
  return answerOf(response.statusCode ?? 0, response.headers, body);
};

export const sendHttp2: Send = async (port, sent) => {
  const { path = "/v1/payments", method = "POST", signal } = sent;
  const session = http2.connect(`http://127.0.0.1:${port}`);
  session.on("error", () => {});
  try {
    const stream = session.request(
      { ":path": path, ":method": method, ...headersOf(sent) },
      signal && { signal },
    );
    stream.end(textOf(sent));
    const [head] = (await once(stream, "response")) as [http2.IncomingHttpHeaders];
    const body = Buffer.concat(await stream.toArray());
    return answerOf(Number(head[":status"]), head, body);
  } finally {
    session.destroy();
  }
};

let made = 0;

/** A key that no other test has. */
export function newKey(): string {
  made += 1;
  return `key-${process.pid}-${made}`;
}
