import {
  loadPackageDefinition,
  Server,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { bundledProtoDir } from "grpc-transcoding";
import { shopProto } from "../shop.ts";
import { type Behaviour, failCode, HandledCalls } from "./handled-calls.ts";

/** The kinds of calls: GetItem, and Count, which sends one message before it does anything else. */
export type Kind = "unary" | "server stream";

interface ShopPackage {
  readonly shop: { readonly v1: { readonly Shop: { readonly service: ServiceDefinition } } };
}

/** shop.v1.Shop as grpc-js has it. */
export const shopService: ServiceDefinition = (
  loadPackageDefinition(
    loadSync("shop/v1/shop.proto", { includeDirs: [shopProto, bundledProtoDir], defaults: true }),
  ) as unknown as ShopPackage
).shop.v1.Shop.service;

/** The requests that ask a handler for a behaviour. */
export const requests: Readonly<Record<Kind, (behaviour: Behaviour) => object>> = {
  unary: (behaviour) => ({ name: `items/${behaviour}` }),
  "server stream": (behaviour) => ({
    limit: behaviour === "hold" ? 0 : 1,
    failCode: behaviour === "error" ? failCode : 0,
  }),
};

type Unary = ServerUnaryCall<{ name: string }, object>;
type Stream = ServerWritableStream<{ limit: number; failCode: number }, object>;

/** Handlers of the shop that tell how their calls ended. */
export class EndsService extends HandledCalls {
  readonly server: Server = new Server();

  constructor() {
    super();
    this.server.addService(shopService, {
      GetItem: (call: Unary, respond: sendUnaryData<object>) => {
        const finish = this.begin(call, () => {
          if (call.request.name.endsWith("error")) respond({ code: failCode, details: "no" });
          else respond(null, { name: "one" });
        });
        if (!call.request.name.endsWith("hold")) finish();
      },
      Count: (call: Stream) => {
        const { limit, failCode: code } = call.request;
        const finish = this.begin(call, () => {
          if (code === 0) call.end();
          else call.emit("error", { code, details: "no" });
        });
        call.write({ name: "one" });
        if (limit > 0) finish();
      },
    });
  }
}
