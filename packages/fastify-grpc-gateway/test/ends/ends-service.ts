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

/** The kinds of calls: GetItem, and Count, which sends one message before it does anything else. */
export type Kind = "unary" | "server stream";

/** What a handler does with its call: answers it, fails it, or holds it until it is released. */
export type Behaviour = "answer" | "error" | "hold";

/** How a call ended for its handler: by what the handler did, or because somebody else ended it. */
export type Fate = "finished" | "cancelled";

/** The code of the behaviour `error`. */
export const failCode = 9;

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
export class EndsService {
  readonly server: Server = new Server();
  readonly fates: Fate[] = [];
  #called = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #held = new Set<() => void>();

  constructor() {
    this.server.addService(shopService, {
      GetItem: (call: Unary, respond: sendUnaryData<object>) => {
        const finish = this.#begin(call, () => {
          if (call.request.name.endsWith("error")) respond({ code: failCode, details: "no" });
          else respond(null, { name: "one" });
        });
        if (!call.request.name.endsWith("hold")) finish();
      },
      Count: (call: Stream) => {
        const { limit, failCode: code } = call.request;
        const finish = this.#begin(call, () => {
          if (code === 0) call.end();
          else call.emit("error", { code, details: "no" });
        });
        call.write({ name: "one" });
        if (limit > 0) finish();
      },
    });
  }

  /** How many calls have reached a handler. */
  get called(): number {
    return this.#called;
  }

  /** How many of them have not ended. */
  get open(): number {
    return this.#called - this.fates.length;
  }

  /** Resolves once a call has reached its handler. */
  async reached(): Promise<void> {
    if (this.#called === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Lets the calls that are held be answered. */
  release(): void {
    for (const finish of this.#held) finish();
  }

  #begin(call: Unary | Stream, answer: () => void): () => void {
    this.#called += 1;
    for (const resolve of this.#waiting.splice(0)) resolve();
    let ended = false;
    const end = (fate: Fate): void => {
      this.#held.delete(finish);
      if (!ended) this.fates.push(fate);
      ended = true;
    };
    const finish = (): void => {
      end("finished");
      answer();
    };
    this.#held.add(finish);
    // grpc-js emits it at the end of every call: only the first of the two tells.
    call.on("cancelled", () => end("cancelled"));
    return finish;
  }
}
