import { setImmediate as nextTurn } from "node:timers/promises";
import type { FastifyBaseLogger } from "fastify";
import type { GatewayTenants, StopOptions, TenantChange } from "fastify-grpc-gateway";
import type { GatewayEvent, Schema } from "grpc-transcoding";
import { TenantCors } from "../cors/tenant-cors.ts";
import type { TenantSurroundings } from "../document/check-tenants.ts";
import {
  type DocumentError,
  documentError,
  type PlacedProblem,
} from "../document/document-problem.ts";
import { readTenants } from "../document/read-tenants.ts";
import type { TenantSettings } from "../document/tenant-settings.ts";
import { FST_GRPC_TENANTS_OPTION } from "../errors.ts";
import { contentSignature } from "../files/file-tree.ts";
import { TenantIndex } from "../selection/tenant-index.ts";
import { asError, type PolicySource, type SourceDocument } from "../source/policy-source.ts";
import { buildProblems } from "./build-problems.ts";
import {
  apiFingerprint,
  buildTenant,
  loadTenantSchema,
  pathsOf,
  type TenantParts,
} from "./build-tenant.ts";
import type { LastGood } from "./last-good.ts";
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
  readonly emit: (event: GatewayEvent) => readonly unknown[];
}

/** One tenant of the document that is effective. */
interface EffectiveTenant {
  readonly settings: TenantSettings;
  /** Equal for equal settings. */
  readonly text: string;
  /** Equal for equal APIs. */
  readonly api: string;
  readonly schema: Schema | undefined;
  /** Of the document that it was changed by. */
  readonly revision: string;
}

/** A document that is effective, as a whole. */
export interface Generation {
  readonly revision: string;
  readonly since: Date;
  readonly tenants: ReadonlyMap<string, EffectiveTenant>;
  readonly index: TenantIndex;
  readonly cors: TenantCors;
}

const nothing: Generation = {
  revision: "",
  since: new Date(0),
  tenants: new Map(),
  index: new TenantIndex([]),
  cors: new TenantCors([]),
};

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
      this.#parts.log.warn({ revision: kept.revision }, "started with the last good document");
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
      this.#tell(result);
      await this.#keep(document.text);
      return result;
    } catch (error) {
      if (!this.#isClosed) this.#fail(asError(error), revision);
      throw error;
    }
  }

  async #build({ text, revision }: SourceDocument): Promise<ReloadResult> {
    const { source, surroundings, gateway, drainMs, root } = this.#parts;
    const before = this.#generation.tenants;
    const { tenants, parsed } = readTenants(text, source.name, surroundings);
    this.#watch(tenants);
    const next = new Map<string, EffectiveTenant>();
    const changes: TenantChange[] = [];
    const problems: PlacedProblem[] = [];
    const serves = this.#generation !== nothing;
    // Tenants with one API share it, and one whose API has not changed keeps it.
    const schemas = new Map([...before.values()].map(({ api, schema }) => [api, schema]));
    for (const [at, settings] of tenants.entries()) {
      const { id } = settings;
      const api = apiFingerprint(settings, await contentSignature(pathsOf(settings, root)));
      const text = JSON.stringify(settings);
      const present = before.get(id);
      if (present?.text === text && present.api === api) {
        next.set(id, present);
        continue;
      }
      try {
        if (!schemas.has(api))
          schemas.set(api, await loadTenantSchema(settings, this.#parts, serves));
        const schema = schemas.get(api);
        changes.push(
          await gateway.tenants().prepare(id, buildTenant(settings, this.#parts, schema)),
        );
        next.set(id, { settings, text, api, schema, revision });
      } catch (error) {
        problems.push(...buildProblems(error, settings, ["tenants", at], parsed));
      }
      // Requests come in between.
      await nextTurn();
    }
    if (problems.length > 0) throw documentError(problems);
    const [index, cors] = [new TenantIndex(tenants), new TenantCors(tenants)];
    for (const change of changes) change.commit({ drainMs });
    this.#generation = { revision, since: new Date(), tenants: next, index, cors };
    this.#watch([]);
    const removed = [...before.keys()].filter((id) => !next.has(id));
    for (const id of removed) void gateway.tenants().delete(id, { drainMs });
    const isChanged = (id: string) => next.get(id) !== before.get(id);
    return {
      revision,
      added: [...next.keys()].filter((id) => !before.has(id)),
      changed: [...next.keys()].filter((id) => before.has(id) && isChanged(id)),
      removed,
    };
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

  #tell(result: ReloadResult): void {
    const { log, gateway } = this.#parts;
    const { added, changed, removed } = result;
    if (added.length + changed.length + removed.length === 0) return;
    log.info({ ...result, gateway: gateway.name }, "the tenants have changed");
    this.#emit({ type: "tenants-changed", gateway: gateway.name, ...result });
  }

  #fail(error: Error, revision: string | undefined): void {
    const { problems = [] } = error as Partial<DocumentError>;
    const { message } = error;
    const isKnown = this.#error?.revision === revision && this.#error?.message === message;
    this.#error = { revision, message, problems, at: new Date() };
    if (isKnown) return;
    const { log, gateway, source } = this.#parts;
    const what =
      revision === undefined
        ? "the tenants document cannot be had: the one before stays effective"
        : "the tenants document is refused: the one before stays effective";
    log.error({ err: error, source: source.name, revision, gateway: gateway.name }, what);
    const type = revision === undefined ? "tenants-unavailable" : "tenants-rejected";
    this.#emit({ type, gateway: gateway.name, revision, message, problems });
  }

  #emit(event: GatewayEvent): void {
    for (const error of this.#parts.emit(event)) {
      this.#parts.log.error({ err: error }, "a listener to the tenants' events threw");
    }
  }
}
