import { createHash } from "node:crypto";
import { read } from "../option/read.ts";
import type { BucketDemand, BucketState, LimitStore, TakeResult } from "./limit-store.ts";
import { takeScript } from "./redis-script.ts";

/** What the store needs of a client; those of ioredis 5 and 6 have it, `Redis` and `Cluster`. */
export interface RedisClient {
  evalsha(sha: string, keys: number, ...keysAndArguments: string[]): Promise<unknown>;
  eval(script: string, keys: number, ...keysAndArguments: string[]): Promise<unknown>;
  /** As ioredis has it: `"ready"`, `"reconnecting"`, … */
  readonly status?: string;
}

/** Options of a store in Redis. */
export interface RedisStoreOptions {
  /** A client of ioredis. The app owns it: it listens to its `error`, and closes it. */
  readonly client: RedisClient;
  /**
   * Names the buckets. It is their hash tag, so that a cluster keeps all of them on one node: several are taken from at
   * once. Limiters with different names stand on different nodes.
   * @default "fastify-grpc"
   */
  readonly name?: string;
  /** Milliseconds after which a server that has not answered counts as gone. @default 250 */
  readonly timeoutMs?: number;
  /** Answers that may be awaited at once; beyond, the server counts as gone. @default 1000 */
  readonly maxPending?: number;
}

const optionKeys = ["client", "name", "timeoutMs", "maxPending"];

/**
 * A store that any number of processes share: each take is one script on the server, by its clock. Needs Redis 5 or
 * later. Throws FST_GRPC_POLICIES_*.
 */
export function createRedisStore(options: RedisStoreOptions): LimitStore {
  const given = read.object(options, "store", optionKeys);
  const { client, name = "fastify-grpc", timeoutMs = 250, maxPending = 1000 } = given;
  return new RedisStore(
    readClient(client),
    readTag(name),
    read.milliseconds(timeoutMs, "store.timeoutMs"),
    read.integer(maxPending, "store.maxPending", { from: 1 }),
  );
}

function readClient(value: unknown): RedisClient {
  const client = value as Partial<RedisClient> | null | undefined;
  if (typeof client?.evalsha === "function" && typeof client.eval === "function") {
    return client as RedisClient;
  }
  throw read.refusal("store.client", value, "give a client of ioredis");
}

function readTag(value: unknown): string {
  const name = read.text(value, "store.name");
  if (/^[^{}]+$/.test(name)) return name;
  throw read.refusal("store.name", value, "leave out braces");
}

const sha = createHash("sha1").update(takeScript).digest("hex");

// What a client of ioredis does not come back from in the time of a call: its commands would only queue up.
const gone: ReadonlySet<string> = new Set(["reconnecting", "disconnecting", "close", "end"]);

class RedisStore implements LimitStore {
  readonly #client: RedisClient;
  readonly #prefix: string;
  readonly #timeoutMs: number;
  readonly #maxPending: number;
  #pending = 0;

  constructor(client: RedisClient, tag: string, timeoutMs: number, maxPending: number) {
    this.#client = client;
    this.#prefix = `{${tag}}:`;
    this.#timeoutMs = timeoutMs;
    this.#maxPending = maxPending;
  }

  async take(demands: readonly BucketDemand[]): Promise<TakeResult> {
    const { status } = this.#client;
    if (status !== undefined && gone.has(status)) throw new Error(`Redis is gone: ${status}`);
    if (this.#pending >= this.#maxPending) {
      throw new Error(`Redis owes ${this.#pending} answers already`);
    }
    return readAnswer(await this.#inTime(this.#run(demands)), demands);
  }

  async #run(demands: readonly BucketDemand[]): Promise<unknown> {
    const keys = demands.map(({ limit, key }) => `${this.#prefix}${limit}:${key}`);
    const values = demands.flatMap(({ capacity, refillPerSecond, cost }) =>
      [capacity, refillPerSecond, cost].map(String),
    );
    this.#pending += 1;
    try {
      return await this.#client.evalsha(sha, keys.length, ...keys, ...values);
    } catch (error) {
      // A server that was started anew, or a node of a cluster, does not know the script yet.
      if (!/^NOSCRIPT/.test((error as Error | undefined)?.message ?? "")) throw error;
      return await this.#client.eval(takeScript, keys.length, ...keys, ...values);
    } finally {
      this.#pending -= 1;
    }
  }

  #inTime(answer: Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const late = (): void =>
        reject(new Error(`Redis has not answered within ${this.#timeoutMs} ms`));
      // Where this process was held up, the answer may wait in the socket, which is read before the immediates.
      const timer = setTimeout(() => setImmediate(late), this.#timeoutMs);
      answer.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }
}

function readAnswer(answer: unknown, demands: readonly BucketDemand[]): TakeResult {
  if (!Array.isArray(answer) || answer.length !== demands.length * 2 + 1) {
    throw new TypeError("Redis answered the script with something else");
  }
  return {
    taken: Number(answer[0]) === 1,
    buckets: demands.map((_demand, at): BucketState => {
      const micros = Number(answer[at * 2 + 2]);
      return {
        remaining: Number(answer[at * 2 + 1]),
        waitMs: micros < 0 ? Number.POSITIVE_INFINITY : micros / 1000,
      };
    }),
  };
}
