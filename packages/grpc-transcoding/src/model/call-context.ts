/** A typed place in the context of calls. Two keys are two places, whatever their names. */
export interface ContextKey<T> {
  /** For messages. */
  readonly name: string;
  /** What a call has that nobody has set. */
  readonly initial: T;
}

/** Makes a key; keep it in a module that both sides import. */
export function contextKey<T>(name: string, initial: T): ContextKey<T> {
  return { name, initial };
}

/** What hooks, policies and interceptors tell each other of one call. */
export class CallContext {
  /** The HTTP framework's request; undefined for a native call that met no hooks. */
  readonly request: unknown;
  /** Who is calling, once a hook or a policy has said so. Never what the client claims. */
  identity: unknown;
  #values: Map<ContextKey<unknown>, unknown> | undefined;

  constructor(request?: unknown) {
    this.request = request;
  }

  get<T>(key: ContextKey<T>): T {
    return this.#values?.has(key) ? (this.#values.get(key) as T) : key.initial;
  }

  set<T>(key: ContextKey<T>, value: T): void {
    this.#values ??= new Map();
    this.#values.set(key, value);
  }
}
