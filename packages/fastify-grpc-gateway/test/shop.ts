import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import {
  Metadata,
  type Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from "@grpc/grpc-js";
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import grpcGateway, { createServer, type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";

export const shopProto: string = fileURLToPath(new URL("./proto", import.meta.url));

interface Item {
  name: string;
  price: string;
  picture: Buffer;
  tags: string[];
}

const item = (fields: Partial<Item>): Item => ({
  name: "",
  price: "0",
  picture: Buffer.alloc(0),
  tags: [],
  ...fields,
});

/** What the handlers did, for tests to look at and to wait for. */
export class ShopLog {
  readonly metadata: Metadata[] = [];
  readonly requests: unknown[] = [];
  itemsSent = 0;
  readonly #cancelled: (() => void)[] = [];
  cancellations = 0;

  cancel(): void {
    this.cancellations += 1;
    for (const resolve of this.#cancelled.splice(0)) resolve();
  }

  readonly #waiting: (() => void)[] = [];

  wait(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves with the next call of Wait. */
  async waiting(): Promise<void> {
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves once a call was cancelled. */
  async cancelled(): Promise<void> {
    if (this.cancellations > 0) return;
    await new Promise<void>((resolve) => this.#cancelled.push(resolve));
  }
}

type Unary<Request> = ServerUnaryCall<Request, Item>;

/** The handlers of shop.v1.Shop. */
export function shopHandlers(log: ShopLog) {
  return {
    GetItem(call: Unary<{ name: string; number: number }>, callback: sendUnaryData<Item>) {
      log.metadata.push(call.metadata);
      log.requests.push(call.request);
      const headers = new Metadata();
      headers.set("x-shelf", "12");
      headers.set("secret", "stays inside");
      if (call.metadata.get("x-request-id")[0] === "large")
        headers.set("x-large", "y".repeat(90_000));
      call.sendMetadata(headers);
      const trailers = new Metadata();
      trailers.set("x-took", "5");
      callback(
        null,
        item({ name: call.request.name, price: String(call.request.number) }),
        trailers,
      );
    },
    CreateItem(call: Unary<{ item: Item; itemId: string }>, callback: sendUnaryData<Item>) {
      log.requests.push(call.request);
      callback(null, { ...call.request.item, name: `items/${call.request.itemId}` });
    },
    UpdateItem(call: Unary<{ item: Item; updateMask: unknown }>, callback: sendUnaryData<Item>) {
      log.requests.push(call.request);
      callback(null, call.request.item);
    },
    Fail(call: Unary<{ code: number; message: string }>, callback: sendUnaryData<Item>) {
      const { code, message } = call.request;
      callback(Object.assign(new Error(message), { code, details: message }));
    },
    Wait(call: Unary<{ name: string }>) {
      log.wait();
      call.on("cancelled", () => log.cancel());
    },
    Count(call: ServerWritableStream<{ limit: number; failCode: number; bytes: number }, Item>) {
      const { limit, failCode, bytes } = call.request;
      const picture = Buffer.alloc(bytes, 1);
      let sent = 0;
      let stopped = false;
      call.on("cancelled", () => {
        if (!stopped) log.cancel();
        stopped = true;
      });
      const next = (): void => {
        while (!stopped && (limit === 0 || sent < limit)) {
          sent += 1;
          log.itemsSent += 1;
          if (!call.write(item({ name: `items/${sent}`, picture }))) {
            call.once("drain", next);
            return;
          }
        }
        if (stopped) return;
        stopped = true;
        if (failCode === 0) call.end();
        else
          call.emit(
            "error",
            Object.assign(new Error("counted out"), { code: failCode, details: "counted out" }),
          );
      };
      next();
    },
    Upload(
      call: ServerUnaryCall<{ contentType: string; data: Buffer }, unknown>,
      callback: sendUnaryData<unknown>,
    ) {
      callback(null, call.request);
    },
    ListNames(_call: unknown, callback: sendUnaryData<{ names: string[] }>) {
      callback(null, { names: ["a", "b"] });
    },
    Unbound(call: Unary<{ name: string }>, callback: sendUnaryData<Item>) {
      callback(null, item({ name: call.request.name }));
    },
  };
}

const clockHandlers = {
  GetTime: (_call: unknown, callback: sendUnaryData<{ hour: number }>) =>
    callback(null, { hour: 12 }),
};

/** A server with the shop's handlers and a clock's, not bound to any port. */
export function shopServer(log: ShopLog = new ShopLog()): Promise<Server> {
  const services = { "shop.v1.Shop": shopHandlers(log), "shop.v1.Clock": clockHandlers };
  return createServer({ proto: shopProto, services });
}

/** The address of a shop behind a socket of its own, as a service in another process would be. */
export async function remoteShop(t: TestContext, log = new ShopLog()): Promise<string> {
  const server = await shopServer(log);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  t.after(() => server.forceShutdown());
  return `127.0.0.1:${port}`;
}

/** An app with a shop behind its gateway. */
export async function shopApp(
  t: TestContext,
  options: Partial<FastifyGrpcGatewayOptions> = {},
  fastify: FastifyServerOptions = {},
): Promise<FastifyInstance> {
  const app = Fastify(fastify);
  t.after(() => app.close());
  const upstream = options.upstream ?? (await shopServer());
  await app.register(grpcGateway, { proto: shopProto, ...options, upstream });
  return app;
}

/** Listens on a free port and answers the origin, `"http://127.0.0.1:…"`. */
export function listen(app: FastifyInstance): Promise<string> {
  return app.listen({ port: 0, host: "127.0.0.1" });
}
