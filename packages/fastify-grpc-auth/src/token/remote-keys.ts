import { UnverifiableToken } from "./invalid-token.ts";

/** A JSON Web Key Set as it came. */
export interface KeySet {
  readonly keys: readonly unknown[];
}

/** What {@link RemoteKeys} tells of its fetches. */
export interface RemoteKeysListener {
  /** The issuer has other keys than before. */
  readonly onChange: (set: KeySet) => void;
  readonly onError: (error: unknown) => void;
}

const timeoutMs = 5_000;
const maxBytes = 512 * 1024;
/** How long keys are good without asking again. */
const maxAgeMs = 600_000;
/** How soon an unknown key may make the issuer be asked again. */
const cooldownMs = 30_000;
/** The same while there are no keys at all. */
const retryMs = 1_000;

/**
 * The keys of one issuer, fetched when a token first needs them. Old ones are used while the issuer does not answer. A
 * client can make it be asked once in 30 seconds at most, whatever keys its tokens name.
 */
export class RemoteKeys {
  readonly #uri: URL;
  readonly #listener: RemoteKeysListener;
  #set: KeySet | undefined;
  #text = "";
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #hasFailed = false;
  #pending: Promise<void> | undefined;

  constructor(uri: URL, listener: RemoteKeysListener) {
    this.#uri = uri;
    this.#listener = listener;
  }

  /** The keys, not older than ten minutes where the issuer answers. Throws UnverifiableToken where there are none. */
  async current(): Promise<KeySet> {
    const isOld = Date.now() - this.#fetchedAt >= maxAgeMs;
    if (isOld) await this.#ask(this.#set === undefined ? retryMs : cooldownMs);
    if (this.#set !== undefined) return this.#set;
    throw new UnverifiableToken(`the keys of ${this.#uri.host} cannot be fetched`);
  }

  /**
   * Other keys than `known`, which has not the one that a token names; undefined where there are none. Throws
   * UnverifiableToken while the issuer does not answer: the key may be a new one.
   */
  async newer(known: KeySet): Promise<KeySet | undefined> {
    await this.#ask(cooldownMs);
    if (this.#set !== known) return this.#set;
    if (!this.#hasFailed) return undefined;
    throw new UnverifiableToken(`the keys of ${this.#uri.host} cannot be fetched anew`);
  }

  async #ask(pauseMs: number): Promise<void> {
    if (this.#pending === undefined) {
      if (Date.now() - this.#triedAt < pauseMs) return;
      this.#triedAt = Date.now();
      this.#pending = this.#fetch().finally(() => {
        this.#pending = undefined;
      });
    }
    await this.#pending;
  }

  async #fetch(): Promise<void> {
    try {
      const text = await fetchText(this.#uri);
      const set = parseKeySet(text);
      this.#fetchedAt = Date.now();
      this.#hasFailed = false;
      if (text === this.#text) return;
      this.#text = text;
      this.#set = set;
      this.#listener.onChange(set);
    } catch (error) {
      this.#hasFailed = true;
      this.#listener.onError(error);
    }
  }
}

async function fetchText(uri: URL): Promise<string> {
  const response = await fetch(uri, {
    headers: { accept: "application/jwk-set+json, application/json" },
    // Another place than the one that was configured is nobody's whom we trust.
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new Error(`${uri.href} answered ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes) throw new Error(`${uri.href} answered more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parseKeySet(text: string): KeySet {
  const { keys } = Object(JSON.parse(text)) as { readonly keys?: unknown };
  if (Array.isArray(keys)) return { keys };
  throw new Error("the answer is no JSON Web Key Set");
}
