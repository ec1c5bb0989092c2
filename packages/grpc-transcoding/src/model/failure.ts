import type { MetadataEntries } from "./metadata.ts";
import type { Status } from "./status.ts";
import type { CallOrigin } from "./transport.ts";

/**
 * Who decided that the call failed. A transport tells the first three, see `CallOrigin`; the
 * gateway decides before any call is made (405, malformed JSON, limits).
 */
export type FailureOrigin = CallOrigin | "gateway";

/** Anything that ends a request without its response: the one input of an {@link ErrorMapper}. */
export interface Failure {
  readonly status: Status;
  readonly origin: FailureOrigin;
  /**
   * The HTTP answer that the failure itself demands (405 + Allow, 413, 415, 304): wins over the
   * table. Header names are lower case.
   */
  readonly http?: {
    readonly statusCode: number;
    readonly headers?: Readonly<Record<string, string>>;
  };
  /** The metadata that goes with the status: response metadata and trailers of the call, where there was one. */
  readonly trailers?: MetadataEntries;
}
