import { FST_GRPC_TENANTS_SOURCE } from "../errors.ts";

/** A document as its source has it. */
export interface SourceDocument {
  readonly text: string;
  /** Another one for another text. For people and logs: no order follows from it. */
  readonly revision: string;
}

/** Stops a watch; resolves once nothing of it is left open. */
export interface SourceWatch {
  close(): Promise<void>;
}

/** Where a tenants document comes from. */
export interface PolicySource {
  /** For messages: a path, `etcd tenants`. */
  readonly name: string;
  /**
   * Whether the document may name any upstream, and files anywhere, as a file of the app itself may. @default false:
   * upstreams that the app registered or allows, and files below its `root`
   */
  readonly trusted?: boolean;
  /** The document as it is. Rejects where it cannot be had: with FST_GRPC_TENANTS_SOURCE where it does not exist. */
  load(): Promise<SourceDocument>;
  /**
   * Calls back with the document as it is once it is watched, and with every later state that lasts; it may repeat
   * itself. Calls `onError` whenever the document cannot be had, and goes on. Neither is called after `close`.
   */
  watch(onChange: (document: SourceDocument) => void, onError: (error: Error) => void): SourceWatch;
}

/** What a source rejects with where there is no document. */
export function missingDocument(name: string, what: string): Error {
  return new FST_GRPC_TENANTS_SOURCE(name, `${what} does not exist`);
}

/** Anything thrown, as an error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** A failure that names its source. */
export function sourceFailure(name: string, error: unknown): Error {
  if (error instanceof FST_GRPC_TENANTS_SOURCE) return error;
  return Object.assign(new FST_GRPC_TENANTS_SOURCE(name, asError(error).message), { cause: error });
}
