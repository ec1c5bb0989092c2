import type { IncomingMessage } from "node:http";
import { exchange, readLines, readText, type SourceTls } from "./http-exchange.ts";

/** How etcd is reached. */
export interface EtcdConnection {
  /** Asked in turn: `"http://127.0.0.1:2379"`. */
  readonly endpoints: readonly string[];
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: SourceTls | undefined;
  readonly timeoutMs: number;
}

/** A value under a key. */
export interface EtcdValue {
  readonly text: string;
  /** The revision that wrote it. */
  readonly revision: string;
}

/** What a watch of a key tells. */
export type EtcdEvent = "changed" | "compacted" | "other";

interface RangeAnswer {
  readonly header?: { readonly revision?: string };
  readonly kvs?: readonly { readonly value?: string; readonly mod_revision?: string }[];
}

interface WatchAnswer {
  readonly result?: {
    readonly canceled?: boolean;
    readonly cancel_reason?: string;
    readonly compact_revision?: string;
    readonly events?: readonly unknown[];
  };
  readonly error?: { readonly message?: string };
}

/** etcd v3 by the JSON that its own port speaks (grpc-gateway, etcd 3.4 and later). */
export class EtcdClient {
  readonly #connection: EtcdConnection;
  #next = 0;
  #token: string | undefined;

  constructor(connection: EtcdConnection) {
    this.#connection = connection;
  }

  /** The value of a key, undefined where there is none, and the revision of the store that it is of. */
  async get(
    key: string,
    signal: AbortSignal,
  ): Promise<{ readonly value: EtcdValue | undefined; readonly revision: bigint }> {
    const body = { key: base64(key) };
    const answer = (await this.#json("/v3/kv/range", body, signal)) as RangeAnswer;
    const [found] = answer.kvs ?? [];
    return {
      revision: BigInt(answer.header?.revision ?? 0),
      value: found && {
        text: Buffer.from(found.value ?? "", "base64").toString("utf8"),
        revision: found.mod_revision ?? "",
      },
    };
  }

  /** What happens to a key from a revision on. Rejects when the connection ends. */
  async *watch(key: string, from: bigint, signal: AbortSignal): AsyncGenerator<EtcdEvent> {
    const create = { key: base64(key), start_revision: String(from) };
    const response = await this.#send("/v3/watch", { create_request: create }, signal, 0);
    for await (const line of readLines(response)) {
      const { result, error } = JSON.parse(line) as WatchAnswer;
      if (error !== undefined) throw new Error(error.message ?? "the watch failed");
      if (BigInt(result?.compact_revision ?? 0) > 0n) yield "compacted";
      else if (result?.canceled === true) throw new Error(result.cancel_reason ?? "was cancelled");
      else yield (result?.events ?? []).length > 0 ? "changed" : "other";
    }
    throw new Error("the connection has ended");
  }

  async #json(path: string, body: object, signal: AbortSignal): Promise<unknown> {
    const { timeoutMs } = this.#connection;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    return JSON.parse(await readText(await this.#send(path, body, limited, timeoutMs)));
  }

  async #send(
    path: string,
    body: object,
    signal: AbortSignal,
    idleMs: number,
  ): Promise<IncomingMessage> {
    this.#token ??= await this.#authenticate(signal);
    const response = await this.#post(path, body, signal, idleMs);
    if (response.statusCode === 200) return response;
    const text = (await readText(response)).slice(0, 200);
    // A token ends after minutes; the next attempt gets another.
    this.#token = undefined;
    this.#next += 1;
    throw new Error(`HTTP ${response.statusCode} of ${path}: ${text}`);
  }

  async #post(
    path: string,
    body: object,
    signal: AbortSignal,
    idleMs: number,
  ): Promise<IncomingMessage> {
    const { endpoints, tls } = this.#connection;
    const url = new URL(path, endpoints[this.#next % endpoints.length]);
    const headers = {
      "content-type": "application/json",
      ...(this.#token && { authorization: this.#token }),
    };
    try {
      return await exchange({ url, method: "POST", headers, body, tls, signal, idleMs });
    } catch (error) {
      this.#next += 1;
      throw error;
    }
  }

  async #authenticate(signal: AbortSignal): Promise<string | undefined> {
    const { username: name, password, timeoutMs } = this.#connection;
    if (name === undefined) return undefined;
    const response = await this.#post(
      "/v3/auth/authenticate",
      { name, password },
      signal,
      timeoutMs,
    );
    const text = await readText(response);
    if (response.statusCode !== 200) {
      throw new Error(`etcd refuses user ${JSON.stringify(name)}: HTTP ${response.statusCode}`);
    }
    return (JSON.parse(text) as { readonly token?: string }).token;
  }
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
