export type { DocumentUrl } from "./docs/tenant-documents.ts";
export type {
  DocumentError,
  DocumentPlace,
  PlacedProblem,
} from "./document/document-problem.ts";
export type { CorsSettings, TenantSettings } from "./document/tenant-settings.ts";
export * from "./errors.ts";
export type { GrpcTenants } from "./grpc-tenants.ts";
export type {
  ReloadResult,
  StatusOfTenant,
  TenantsError,
  TenantsStatus,
} from "./manager/tenants-status.ts";
export type { FastifyGrpcTenantsOptions, TenantGatewayOptions } from "./options.ts";
export type { ConsulSourceOptions } from "./source/consul-source.ts";
export { consulSource } from "./source/consul-source.ts";
export type { EtcdSourceOptions } from "./source/etcd-source.ts";
export { etcdSource } from "./source/etcd-source.ts";
export type { FileSourceOptions } from "./source/file-source.ts";
export { fileSource } from "./source/file-source.ts";
export type { SourceTls } from "./source/http-exchange.ts";
export type { PolicySource, SourceDocument, SourceWatch } from "./source/policy-source.ts";
export type {
  RedisSourceClient,
  RedisSourceOptions,
  RedisSubscriber,
  RedisWriter,
} from "./source/redis-source.ts";
export { redisSource, writeRedisDocument } from "./source/redis-source.ts";
