import { FST_GRPC_TENANTS_OPTION } from "../errors.ts";
import { readList, readMilliseconds, readObject, readText } from "../option/option-value.ts";
import { EtcdClient, type EtcdValue } from "./etcd-client.ts";
import { readEndpoint, type SourceTls } from "./http-exchange.ts";
import {
  asError,
  missingDocument,
  type PolicySource,
  type SourceDocument,
  sourceFailure,
} from "./policy-source.ts";
import { retry } from "./retry.ts";

/** Options of {@link etcdSource}. */
export interface EtcdSourceOptions {
  /** Asked in turn when one fails. @default ["http://127.0.0.1:2379"] */
  readonly endpoints?: readonly string[];
  /** @default "fastify-grpc/tenants" */
  readonly key?: string;
  readonly username?: string;
  readonly password?: string;
  /** For endpoints of `https:`. */
  readonly tls?: SourceTls;
  /** How long etcd may take to answer. @default 5000 */
  readonly timeoutMs?: number;
  /** How often the key is read beside the watch of it. @default 30000 */
  readonly pollMs?: number;
}

const optionKeys = ["endpoints", "key", "username", "password", "tls", "timeoutMs", "pollMs"];

/**
 * A document under a key of etcd v3, by etcd's own JSON over HTTP. Its revision is the one that wrote it. A watch begins
 * with the revision after the one that was read, so that nothing is missed; when that is compacted away, or the
 * connection is lost, the key is read again.
 */
export function etcdSource(options: EtcdSourceOptions = {}): PolicySource {
  const given = readObject(options, "source", optionKeys);
  const { endpoints = ["http://127.0.0.1:2379"], key: givenKey = "fastify-grpc/tenants" } = given;
  const { username, password, timeoutMs = 5_000, pollMs: givenPoll = 30_000 } = given;
  const key = readText(givenKey, "source.key");
  const pollMs = readMilliseconds(givenPoll, "source.pollMs");
  const client = new EtcdClient({
    endpoints: readEndpoints(endpoints),
    username: username === undefined ? undefined : readText(username, "source.username"),
    password: password === undefined ? undefined : readText(password, "source.password"),
    tls: given.tls as SourceTls | undefined,
    timeoutMs: readMilliseconds(timeoutMs, "source.timeoutMs"),
  });
  const name = `etcd ${key}`;
  const documentOf = (value: EtcdValue | undefined): SourceDocument => {
    if (value === undefined) throw missingDocument(name, "the key");
    return value;
  };
  const failure = (error: unknown): Error => sourceFailure(name, error);
  return {
    name,
    async load() {
      const { value } = await client.get(key, never).catch((error: unknown) => {
        throw failure(error);
      });
      return documentOf(value);
    },
    watch(onChange, onError) {
      const read = async (signal: AbortSignal): Promise<bigint> => {
        const { value, revision } = await client.get(key, signal);
        if (signal.aborted) return revision;
        try {
          onChange(documentOf(value));
        } catch (error) {
          onError(asError(error));
        }
        return revision;
      };
      return retry(
        async (signal, works) => {
          const revision = await read(signal);
          works();
          // Ends with the poll, then it is read and watched anew: a connection that is dead may look alive.
          const limited = AbortSignal.any([signal, AbortSignal.timeout(pollMs)]);
          try {
            for await (const event of client.watch(key, revision + 1n, limited)) {
              if (event === "compacted") return;
              if (event === "changed") await read(signal);
            }
          } catch (error) {
            if (!limited.aborted) throw error;
          }
        },
        (error) => onError(failure(error)),
      );
    },
  };
}

const never: AbortSignal = new AbortController().signal;

function readEndpoints(value: unknown): readonly string[] {
  const endpoints = readList(value, "source.endpoints", readEndpoint);
  if (endpoints.length > 0) return endpoints;
  throw new FST_GRPC_TENANTS_OPTION("source.endpoints", "[]", "give one at least");
}
