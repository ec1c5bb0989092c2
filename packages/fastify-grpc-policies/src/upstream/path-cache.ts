import type { CalledMethod } from "grpc-transcoding";

// Native calls may name any method where all are passed on: clients choose how many there are, and how long.
const maxPaths = 10_000;
const maxLength = 256;

/** What was decided of methods, by their paths. */
export class PathCache<T> {
  readonly #decide: (method: CalledMethod) => T;
  readonly #known = new Map<string, T>();

  constructor(decide: (method: CalledMethod) => T) {
    this.#decide = decide;
  }

  get(path: string): T {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const slash = path.indexOf("/", 1);
    const method = { path, service: path.slice(1, slash), name: path.slice(slash + 1) };
    const decided = this.#decide(method);
    if (path.length > maxLength) return decided;
    if (this.#known.size >= maxPaths) this.#known.delete(this.#known.keys().next().value as string);
    this.#known.set(path, decided);
    return decided;
  }
}
