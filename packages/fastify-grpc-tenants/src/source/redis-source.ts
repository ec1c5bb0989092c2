import { FST_GRPC_TENANTS_OPTION } from "../errors.ts";
import { quote, readMilliseconds, readObject, readText } from "../option/option-value.ts";
import { contentRevision } from "./file-source.ts";
import {
  asError,
  missingDocument,
  type PolicySource,
  type SourceDocument,
  sourceFailure,
} from "./policy-source.ts";

/** What a source needs of a connection of its own, in subscriber mode. */
export interface RedisSubscriber {
  subscribe(channel: string): Promise<unknown>;
  on(event: string, listener: (...args: never[]) => void): unknown;
  disconnect(): void;
}

/** What a source needs of a client; those of ioredis 5 and 6 have it. */
export interface RedisSourceClient {
  mget(...keys: string[]): Promise<(string | null)[]>;
  duplicate(): RedisSubscriber;
}

/** What {@link writeRedisDocument} needs of a client; those of ioredis 5 and 6 have it. */
export interface RedisWriter {
  multi(commands: string[][]): { exec(): Promise<unknown> };
}

/** Options of {@link redisSource}. */
export interface RedisSourceOptions {
  /** A client of ioredis. The app owns it: it listens to its `error`, and closes it. */
  readonly client: RedisSourceClient;
  /** @default "{fastify-grpc}:tenants" */
  readonly key?: string;
  /** How long Redis may take to answer. @default 5000 */
  readonly timeoutMs?: number;
  /** How often the key is read beside the messages that tell of changes, which may be lost. @default 30000 */
  readonly pollMs?: number;
}

const defaultKey = "{fastify-grpc}:tenants";
const optionKeys = ["client", "key", "timeoutMs", "pollMs"];

/**
 * A document under a key of Redis, its number under `<key>:revision`, and a message on the channel `<key>:changed` when
 * it is written, as {@link writeRedisDocument} does. A message may be lost, so the key is read again whenever the
 * connection is made anew, and every `pollMs`.
 */
export function redisSource(options: RedisSourceOptions): PolicySource {
  const given = readObject(options, "source", optionKeys);
  const { key: givenKey = defaultKey, timeoutMs: timeout = 5_000, pollMs: every = 30_000 } = given;
  const client = readClient(given.client);
  const key = readText(givenKey, "source.key");
  const timeoutMs = readMilliseconds(timeout, "source.timeoutMs");
  const pollMs = readMilliseconds(every, "source.pollMs");
  const name = `redis ${key}`;
  const load = async (): Promise<SourceDocument> => {
    const answer = inTime(client.mget(key, revisionKey(key)), timeoutMs);
    const [text, revision] = await answer.catch((error: unknown) => {
      throw sourceFailure(name, error);
    });
    if (text === null || text === undefined) throw missingDocument(name, "the key");
    return { text, revision: revision ?? contentRevision(text) };
  };
  return {
    name,
    load,
    watch(onChange, onError) {
      let isClosed = false;
      let reading: Promise<void> = Promise.resolve();
      const read = async (): Promise<void> => {
        if (isClosed) return;
        try {
          const document = await load();
          if (!isClosed) onChange(document);
        } catch (error) {
          if (!isClosed) onError(asError(error));
        }
      };
      // One that waits reads what all messages told until then.
      let waiting = false;
      const readAgain = (): void => {
        if (waiting) return;
        waiting = true;
        reading = reading.then(() => {
          waiting = false;
          return read();
        });
      };
      const subscriber = client.duplicate();
      subscriber.on("error", (error: Error) => {
        if (!isClosed) onError(sourceFailure(name, error));
      });
      subscriber.on("message", readAgain);
      const subscribe = (): void => {
        subscriber.subscribe(`${key}:changed`).then(readAgain, (error: unknown) => {
          if (!isClosed) onError(sourceFailure(name, error));
        });
      };
      // Of each connection: what was told in between is lost, and so may be the subscription.
      subscriber.on("ready", subscribe);
      subscribe();
      const poll = setInterval(readAgain, pollMs);
      poll.unref();
      return {
        async close() {
          isClosed = true;
          clearInterval(poll);
          subscriber.disconnect();
          await reading;
        },
      };
    },
  };
}

/** Writes a document so that every {@link redisSource} of the key has it at once. */
export async function writeRedisDocument(
  client: RedisWriter,
  text: string,
  key: string = defaultKey,
): Promise<void> {
  const commands = [
    ["set", key, text],
    ["incr", revisionKey(key)],
    ["publish", `${key}:changed`, ""],
  ];
  const results = (await client.multi(commands).exec()) as [Error | null, unknown][] | null;
  const failed = results?.find(([error]) => error !== null);
  if (results === null || failed !== undefined) {
    throw failed?.[0] ?? new Error("Redis has not run the transaction");
  }
}

function revisionKey(key: string): string {
  return `${key}:revision`;
}

function readClient(value: unknown): RedisSourceClient {
  const client = value as Partial<RedisSourceClient> | null | undefined;
  if (typeof client?.mget === "function" && typeof client.duplicate === "function") {
    return client as RedisSourceClient;
  }
  throw new FST_GRPC_TENANTS_OPTION("source.client", quote(value), "give a client of ioredis");
}

function inTime<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`Redis has not answered within ${timeoutMs} ms`)),
      timeoutMs,
    );
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
