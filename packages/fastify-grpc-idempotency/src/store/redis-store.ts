import { isUtf8 } from "node:buffer";
import { read } from "../option/read.ts";
import type { IdempotencyStore, KeyClaim, KeyState, StoredAnswer } from "./idempotency-store.ts";
import { beginScript, completeScript, type RedisScript, releaseScript } from "./redis-scripts.ts";

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
  /** What the names of all entries begin with. In a cluster they spread over all nodes. @default "fastify-grpc-idempotency" */
  readonly name?: string;
  /** Milliseconds after which a server that has not answered counts as gone. @default 250 */
  readonly timeoutMs?: number;
  /** Answers that may be awaited at once; beyond, the server counts as gone. @default 1000 */
  readonly maxPending?: number;
}

type Settings = Required<RedisStoreOptions>;

const optionKeys = ["client", "name", "timeoutMs", "maxPending"];

/**
 * A store that any number of processes share: each step is one script on the server, by its clock. Needs Redis 4 or later,
 * with `maxmemory-policy noeviction`: a key that Redis drops may run twice. Throws FST_GRPC_IDEMPOTENCY_*.
 */
export function createRedisStore(options: RedisStoreOptions): IdempotencyStore {
  const given = read.object(options, "store", optionKeys);
  const { client, name = "fastify-grpc-idempotency", timeoutMs = 250, maxPending = 1000 } = given;
  return new RedisStore({
    client: readClient(client),
    name: readName(name),
    timeoutMs: read.milliseconds(timeoutMs, "store.timeoutMs"),
    maxPending: read.integer(maxPending, "store.maxPending", { from: 1 }),
  });
}

function readClient(value: unknown): RedisClient {
  const client = value as Partial<RedisClient> | null | undefined;
  if (typeof client?.evalsha === "function" && typeof client.eval === "function") {
    return client as RedisClient;
  }
  throw read.refusal("store.client", value, "give a client of ioredis");
}

function readName(value: unknown): string {
  const name = read.text(value, "store.name");
  if (/^[^{}]+$/.test(name)) return name;
  throw read.refusal(
    "store.name",
    value,
    "leave out braces, which would keep all keys on one node",
  );
}

// What a client of ioredis does not come back from in the time of a call: its commands would only queue up.
const gone: ReadonlySet<string> = new Set(["reconnecting", "close", "end"]);

class RedisStore implements IdempotencyStore {
  readonly #settings: Settings;
  #pending = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  async begin(id: string, claim: KeyClaim): Promise<KeyState> {
    const { fingerprint, owner, leaseMs, ttlMs } = claim;
    const answer = this.#run(beginScript, id, [
      fingerprint,
      owner,
      String(Math.ceil(leaseMs)),
      String(ttlMs),
    ]);
    let isLate = false;
    // Nobody will execute what Redis grants too late.
    const giveBack = (granted: unknown): void => {
      if (isLate && readState(granted).state === "begun") {
        Promise.resolve(this.release(id, owner)).catch(() => {});
      }
    };
    answer.then(giveBack).catch(() => {});
    try {
      return readState(await this.#inTime(answer));
    } catch (error) {
      isLate = true;
      throw error;
    }
  }

  async complete(id: string, owner: string, outcome: StoredAnswer | "unknown"): Promise<void> {
    const written = outcome === "unknown" ? ["u", "", "", "", ""] : writeAnswer(outcome);
    await this.#inTime(this.#run(completeScript, id, [owner, ...written]));
  }

  async release(id: string, owner: string): Promise<void> {
    await this.#inTime(this.#run(releaseScript, id, [owner]));
  }

  async #run({ sha, text }: RedisScript, id: string, values: readonly string[]): Promise<unknown> {
    const { client, name, maxPending } = this.#settings;
    const { status } = client;
    if (status !== undefined && gone.has(status)) throw new Error(`Redis is gone: ${status}`);
    if (this.#pending >= maxPending) throw new Error(`Redis owes ${this.#pending} answers already`);
    const key = `${name}:${id}`;
    this.#pending += 1;
    try {
      return await client.evalsha(sha, 1, key, ...values);
    } catch (error) {
      // A server that was started anew, or a node of a cluster, does not know the script yet.
      if (!/^NOSCRIPT/.test((error as Error | undefined)?.message ?? "")) throw error;
      return await client.eval(text, 1, key, ...values);
    } finally {
      this.#pending -= 1;
    }
  }

  #inTime(answer: Promise<unknown>): Promise<unknown> {
    const { timeoutMs } = this.#settings;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`Redis has not answered within ${timeoutMs} ms`)),
        timeoutMs,
      );
      answer.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }
}

// Clients give texts, in which bytes that are no UTF-8 would be lost.
function writeAnswer({ statusCode, headers, body }: StoredAnswer): string[] {
  const head = ["d", String(statusCode), JSON.stringify(headers)];
  if (body === undefined) return [...head, "none", ""];
  return isUtf8(body)
    ? [...head, "text", body.toString()]
    : [...head, "base64", body.toString("base64")];
}

function readState(answer: unknown): KeyState {
  const [state, ...values] = Array.isArray(answer) ? (answer as readonly unknown[]) : [];
  switch (state) {
    case "begun":
    case "unknown":
    case "mismatch":
      return { state };
    case "in-flight":
      return { state, leaseLeftMs: Number(values[0]) };
    case "done":
      return { state, answer: readAnswer(values as string[]) };
    default:
      throw new TypeError("Redis answered the script with something else");
  }
}

function readAnswer([status, headers, encoding, body = ""]: readonly string[]): StoredAnswer {
  return {
    statusCode: Number(status),
    headers: JSON.parse(headers ?? "{}"),
    body:
      encoding === "none"
        ? undefined
        : Buffer.from(body, encoding === "base64" ? "base64" : "utf8"),
  };
}
