import type { FastifyBaseLogger } from "fastify";
import type { GatewayTenants, StopOptions } from "fastify-grpc-gateway";
import type { GatewayRegistry } from "grpc-transcoding";
import type { TenantSurroundings } from "../document/check-tenants.ts";
import type { DocumentError } from "../document/document-problem.ts";
import { readTenants, type TenantsDocument } from "../document/read-tenants.ts";
import type { TenantSettings } from "../document/tenant-settings.ts";
import { FST_GRPC_TENANTS_OPTION } from "../errors.ts";
import { asError, type PolicySource, type SourceDocument } from "../source/policy-source.ts";
import { buildGeneration } from "./build-generation.ts";
import { pathsOf, type TenantParts } from "./build-tenant.ts";
import { changesBetween, type Generation, nothing } from "./generation.ts";
import type { LastGood } from "./last-good.ts";
import { reportChange, reportError, type TenantsReportParts } from "./tenants-report.ts";
import type {
  ReloadResult,
  StatusOfTenant,
  TenantsError,
  TenantsStatus,
} from "./tenants-status.ts";

/** What tenants are managed with. */
export interface TenantManagerParts extends TenantParts {
  readonly source: PolicySource;
  readonly surroundings: TenantSurroundings;
  /** Registered by the time that the first document is applied. */
  readonly gateway: { readonly name: string; readonly tenants: () => GatewayTenants };
  /** How long requests of a former generation may go on. */
  readonly drainMs: number;
  readonly lastGood: LastGood | undefined;
  readonly log: FastifyBaseLogger;
  readonly emit: GatewayRegistry["emit"];
}

/**
 * Makes documents effective, one after the other and each as a whole or not at all: what is new in one is built beside
 * what serves, then all of it is swapped within one turn of the event loop.
 */
export class TenantManager {
  readonly #parts: TenantManagerParts;
  #generation: Generation = nothing;
  #latest: SourceDocument | undefined;
  #error: TenantsError | undefined;
  #applying: Promise<unknown> = Promise.resolve();
  #waiting: Promise<ReloadResult> | undefined;
  #onPaths: (paths: readonly string[]) => void = () => {};
  #read: { readonly text: string; readonly document: TenantsDocument } | undefined;
  #kept: string | undefined;
  #isClosed = false;

  constructor(parts: TenantManagerParts) {
    this.#parts = parts;
  }

  /** What is effective. Read it once for a request. */
  get generation(): Generation {
    return this.#generation;
  }

  /** Calls back with the paths that the tenants' APIs are read from, those of a document that was refused included. */
  onPaths(listener: (paths: readonly string[]) => void): void {
    this.#onPaths = listener;
    this.#watch([]);
  }

  /**
   * Makes a document effective, or the latest one again with the files that it names. Rejects with
   * FST_GRPC_TENANTS_DOCUMENT, and changes nothing, for one that is wrong.
   */
  apply(document?: SourceDocument): Promise<ReloadResult> {
    if (document !== undefined) this.#latest = document;
    // One that waits makes effective what is the latest by then.
    this.#waiting ??= this.#applying.then(() => {
      this.#waiting = undefined;
      return this.#applyLatest();
    });
    const applied = this.#waiting;
    this.#applying = applied.catch(() => {});
    return applied;
  }

  /**
   * The first document: that of the source, else the last good one, which is stale then. Rejects as {@link reload} where
   * there is neither.
   */
  async start(): Promise<void> {
    try {
      await this.reload();
    } catch (error) {
      const kept = await this.#parts.lastGood?.read();
      if (kept === undefined) throw error;
      const reason = this.#error;
      await this.apply(kept).catch(() => {
        throw error;
      });
      this.#error = reason;
      if (reason !== undefined) reportError(this.#report, asError(error), reason);
    }
  }

  /** Reads the source now. Rejects as {@link apply}, or with what keeps the source from answering. */
  async reload(): Promise<ReloadResult> {
    let document: SourceDocument;
    try {
      document = await this.#parts.source.load();
    } catch (error) {
      this.sourceFailed(asError(error));
      throw error;
    }
    return await this.apply(document);
  }

  /** The source cannot be asked: what is effective stays. */
  sourceFailed(error: Error): void {
    this.#fail(error, undefined);
  }

  /** Whether the latest document is not the one that is effective. */
  get isStale(): boolean {
    return this.#error !== undefined;
  }

  status(): TenantsStatus {
    const { revision, since, tenants } = this.#generation;
    return {
      source: this.#parts.source.name,
      revision,
      since,
      stale: this.isStale,
      error: this.#error,
      tenants: [...tenants.keys()].flatMap((id) => this.statusOf(id) ?? []),
    };
  }

  statusOf(id: string): StatusOfTenant | undefined {
    const tenant = this.#generation.tenants.get(id);
    const status = this.#parts.gateway.tenants().status(id);
    if (tenant === undefined || status === undefined) return undefined;
    const { state, inFlight, revision: generation } = status;
    return { id, state, inFlight, revision: tenant.revision, generation };
  }

  async stopTenant(id: string, options?: StopOptions): Promise<void> {
    this.#require(id);
    await this.#parts.gateway.tenants().stop(id, options);
  }

  startTenant(id: string): void {
    this.#require(id);
    this.#parts.gateway.tenants().start(id);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#applying;
    for (const { policies } of this.#generation.tenants.values()) policies?.close();
  }

  #require(id: string): void {
    const { tenants } = this.#generation;
    if (tenants.has(id)) return;
    const names = [...tenants.keys()].slice(0, 20).join(", ") || "none";
    throw new FST_GRPC_TENANTS_OPTION("tenant", JSON.stringify(id), `there are: ${names}`);
  }

  async #applyLatest(): Promise<ReloadResult> {
    const document = this.#latest as SourceDocument;
    const { revision } = document;
    try {
      const result = await this.#build(document);
      this.#error = undefined;
      if (this.#isClosed) return result;
      reportChange(this.#report, result);
      await this.#keep(document.text);
      return result;
    } catch (error) {
      if (!this.#isClosed) this.#fail(asError(error), revision);
      throw error;
    }
  }

  async #build({ text, revision }: SourceDocument): Promise<ReloadResult> {
    const { source, surroundings, drainMs } = this.#parts;
    const before = this.#generation;
    const gateway = this.#parts.gateway.tenants();
    // Where only files have changed it is the one that was read before.
    if (this.#read?.text !== text) {
      this.#read = { text, document: readTenants(text, source.name, surroundings) };
    }
    const { document } = this.#read;
    this.#watch(document.tenants);
    const built = await buildGeneration(document, revision, before, this.#parts, gateway);
    // From here on to the end within one turn.
    try {
      for (const change of built.changes) change.commit({ drainMs });
    } catch (error) {
      built.discard();
      throw error;
    }
    this.#generation = built.generation;
    const result = changesBetween(before, built.generation);
    for (const id of result.removed) void gateway.delete(id, { drainMs });
    for (const id of [...result.changed, ...result.removed]) {
      before.tenants.get(id)?.policies?.close();
    }
    this.#watch([]);
    return result;
  }

  /** The files of what is effective, and of what may become so. */
  #watch(tenants: readonly TenantSettings[]): void {
    const effective = [...this.#generation.tenants.values()].map(({ settings }) => settings);
    const all = [...effective, ...tenants];
    this.#onPaths(all.flatMap((settings) => pathsOf(settings, this.#parts.root)));
  }

  async #keep(text: string): Promise<void> {
    const { lastGood, log } = this.#parts;
    if (lastGood === undefined || text === this.#kept) return;
    this.#kept = text;
    await lastGood.write(text).catch((error: unknown) => {
      log.warn({ err: error }, "the last good document cannot be kept");
    });
  }

  #fail(error: Error, revision: string | undefined): void {
    const { problems = [] } = error as Partial<DocumentError>;
    const { message } = error;
    const isKnown = this.#error?.revision === revision && this.#error?.message === message;
    this.#error = { revision, message, problems, at: new Date() };
    // An app that does not start tells that itself.
    if (isKnown || this.#generation === nothing) return;
    reportError(this.#report, error, this.#error);
  }

  get #report(): TenantsReportParts {
    const { gateway, source, log, emit } = this.#parts;
    return { gateway: gateway.name, source: source.name, log, emit };
  }
}
