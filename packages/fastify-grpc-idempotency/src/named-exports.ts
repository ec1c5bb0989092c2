export * from "./errors.ts";
export type { FastifyGrpcIdempotencyOptions } from "./options.ts";
export type { KeyRule } from "./rule/key-rule.ts";
export type {
  IdempotencyStore,
  KeyClaim,
  KeyState,
  StoredAnswer,
} from "./store/idempotency-store.ts";
export type { MemoryStore, MemoryStoreOptions } from "./store/memory-store.ts";
export { createMemoryStore } from "./store/memory-store.ts";
export type { RedisClient, RedisStoreOptions } from "./store/redis-store.ts";
export { createRedisStore } from "./store/redis-store.ts";
