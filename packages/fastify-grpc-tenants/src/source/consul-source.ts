import type { IncomingMessage } from "node:http";
import { readMilliseconds, readObject, readText } from "../option/option-value.ts";
import { exchange, readText as readBody, readEndpoint, type SourceTls } from "./http-exchange.ts";
import {
  missingDocument,
  type PolicySource,
  type SourceDocument,
  sourceFailure,
} from "./policy-source.ts";
import { retry, wait } from "./retry.ts";

/** Options of {@link consulSource}. */
export interface ConsulSourceOptions {
  /** @default "http://127.0.0.1:8500" */
  readonly endpoint?: string;
  /** @default "fastify-grpc/tenants" */
  readonly key?: string;
  /** Of an ACL that may read the key. */
  readonly token?: string;
  readonly datacenter?: string;
  /** For an endpoint of `https:`. */
  readonly tls?: SourceTls;
  /** How long Consul may take to answer a read. @default 5000 */
  readonly timeoutMs?: number;
  /** How long Consul holds a query back while nothing changes, up to 10 minutes. @default 60000 */
  readonly waitMs?: number;
}

const optionKeys = ["endpoint", "key", "token", "datacenter", "tls", "timeoutMs", "waitMs"];

// Between queries that brought nothing new: one that never blocks must not make a busy loop.
const pauseMs = 100;

/** A document with the index to ask for the next one by. */
interface Answer {
  readonly document: SourceDocument | undefined;
  readonly index: bigint;
}

/**
 * A document under a key of Consul, followed by blocking queries (https://developer.hashicorp.com/consul/api-docs/features/blocking).
 * Its revision is the key's ModifyIndex.
 */
export function consulSource(options: ConsulSourceOptions = {}): PolicySource {
  const given = readObject(options, "source", optionKeys);
  const { endpoint = "http://127.0.0.1:8500", key: givenKey = "fastify-grpc/tenants" } = given;
  const { token, datacenter, timeoutMs: timeout = 5_000, waitMs: held = 60_000 } = given;
  const key = readText(givenKey, "source.key");
  const base = readEndpoint(endpoint, "source.endpoint");
  const tls = given.tls as SourceTls | undefined;
  const timeoutMs = readMilliseconds(timeout, "source.timeoutMs");
  const waitMs = readMilliseconds(held, "source.waitMs", 1000);
  const headers: Record<string, string> =
    token === undefined ? {} : { "x-consul-token": readText(token, "source.token") };
  const name = `consul ${key}`;
  const path = key.split("/").map(encodeURIComponent).join("/");

  const ask = async (index: bigint, signal: AbortSignal): Promise<Answer> => {
    const url = new URL(`/v1/kv/${path}`, base);
    if (datacenter !== undefined) url.searchParams.set("dc", readText(datacenter, "source.dc"));
    if (index > 0n) {
      url.searchParams.set("index", String(index));
      url.searchParams.set("wait", `${waitMs}ms`);
    }
    // Consul adds up to a sixteenth to the wait.
    const idleMs = index > 0n ? Math.ceil((waitMs * 17) / 16) + timeoutMs : timeoutMs;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(idleMs)]);
    return await readAnswer(
      await exchange({ url, method: "GET", headers, tls, signal: limited, idleMs }),
    );
  };
  return {
    name,
    async load() {
      const { document } = await ask(0n, new AbortController().signal).catch((error: unknown) => {
        throw sourceFailure(name, error);
      });
      if (document === undefined) throw missingDocument(name, "the key");
      return document;
    },
    watch(onChange, onError) {
      let index = 0n;
      let told: string | undefined;
      return retry(
        async (signal, works) => {
          const answer = await ask(index, signal).catch((error: unknown) => {
            // After an error nothing is known of what the index was worth.
            index = 0n;
            throw error;
          });
          if (signal.aborted) return;
          works();
          // One that goes backwards is of a server that was restored: begin anew.
          index = answer.index < index ? 0n : answer.index;
          const { document } = answer;
          const state = document?.revision ?? "absent";
          if (state === told) {
            await wait(pauseMs, signal);
            return;
          }
          told = state;
          if (document === undefined) onError(missingDocument(name, "the key"));
          else onChange(document);
        },
        (error) => onError(sourceFailure(name, error)),
      );
    },
  };
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const text = await readBody(response);
  const { statusCode, headers } = response;
  if (statusCode !== 200 && statusCode !== 404) {
    throw new Error(`HTTP ${statusCode}: ${text.slice(0, 200)}`);
  }
  const header = String(headers["x-consul-index"] ?? "");
  // An index below 1 would not block.
  const index = /^[1-9]\d*$/.test(header) ? BigInt(header) : 1n;
  if (statusCode === 404) return { document: undefined, index };
  const [found] = JSON.parse(text) as readonly {
    readonly Value: string | null;
    readonly ModifyIndex: number;
  }[];
  if (found === undefined) return { document: undefined, index };
  const value = Buffer.from(found.Value ?? "", "base64").toString("utf8");
  return { document: { text: value, revision: String(found.ModifyIndex) }, index };
}
