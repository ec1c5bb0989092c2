import type { PolicySource, SourceDocument } from "fastify-grpc-tenants";

/** A document in memory, as a store elsewhere has it: not trusted. */
export interface MemorySource extends PolicySource {
  set(text: string): void;
  fail(message: string): void;
  readonly watches: number;
}

export function memorySource(text: string): MemorySource {
  let current: SourceDocument = { text, revision: "1" };
  let failure: Error | undefined;
  const watchers = new Set<{ change(document: SourceDocument): void; error(error: Error): void }>();
  return {
    name: "memory",
    load: async () => {
      if (failure) throw failure;
      return current;
    },
    watch(change, error) {
      const watcher = { change, error };
      watchers.add(watcher);
      change(current);
      return {
        async close() {
          watchers.delete(watcher);
        },
      };
    },
    set(next) {
      failure = undefined;
      current = { text: next, revision: String(Number(current.revision) + 1) };
      for (const watcher of watchers) watcher.change(current);
    },
    fail(message) {
      failure = new Error(message);
      for (const watcher of watchers) watcher.error(failure);
    },
    get watches() {
      return watchers.size;
    },
  };
}
