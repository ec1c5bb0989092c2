import type { StopOptions } from "fastify-grpc-gateway";
import type { DocumentUrl } from "./docs/tenant-documents.ts";
import type { ReloadResult, StatusOfTenant, TenantsStatus } from "./manager/tenants-status.ts";

/** The tenants of an app: `app.grpcTenants`. */
export interface GrpcTenants {
  /** The ids of all tenants, in the order of the document. */
  list(): readonly string[];
  /** What is effective, where it comes from, and what keeps a later document from becoming so. */
  status(): TenantsStatus;
  /** Of one tenant; undefined where there is none. */
  status(id: string): StatusOfTenant | undefined;
  /**
   * Refuses a tenant's requests from now on: 503 with `Retry-After`, natively UNAVAILABLE. It stays stopped when it is
   * changed. Resolves when nothing of it is in flight, or `drainMs` (5000) are over. Rejects with FST_GRPC_TENANTS_OPTION
   * where there is no such tenant.
   */
  stop(id: string, options?: StopOptions): Promise<void>;
  /** Serves a tenant again, by what the document says of it now. Throws FST_GRPC_TENANTS_OPTION where there is none. */
  start(id: string): void;
  /**
   * Reads the document and the files that it names now, instead of when a change is noticed. Rejects, and changes nothing:
   * with FST_GRPC_TENANTS_DOCUMENT for one that is wrong, or with what keeps the source from answering.
   */
  reload(): Promise<ReloadResult>;
  /** For `uiConfig.urls` of Swagger UI: the documents as they are now. `configUrl: "/openapi/_ui.json"` follows reloads. */
  urls(): readonly DocumentUrl[];
}
