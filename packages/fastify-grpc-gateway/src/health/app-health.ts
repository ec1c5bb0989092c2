import { setTimeout as delay } from "node:timers/promises";
import type { Schema } from "grpc-transcoding";
import type { ServingStatus } from "./health-codec.ts";
import type { UpstreamHealth } from "./upstream-health.ts";

/** A gateway whose health is told. */
export interface HealthPart {
  /** Live. */
  readonly schema: () => Schema;
  /** Undefined where the gateway is ready without it. */
  readonly upstream: UpstreamHealth | undefined;
}

// How often those who watch are told what has changed, where an upstream has to be asked.
const watchMs = 5_000;

interface Watcher {
  readonly service: string;
  readonly tell: (status: ServingStatus) => void;
  told: ServingStatus | undefined;
}

/** Whether an app serves: all its gateways that tell it. Not any more from the moment that it begins to close. */
export class AppHealth {
  readonly #parts: HealthPart[] = [];
  readonly #watchers = new Set<Watcher>();
  #timer: NodeJS.Timeout | undefined;
  #isClosing = false;
  #preStop: Promise<void> | undefined;
  /** How long the app goes on once it is not ready any more, in milliseconds: the longest that a gateway wants. */
  preStopDelayMs = 0;

  add(part: HealthPart): () => void {
    this.#parts.push(part);
    return () => void this.#parts.splice(this.#parts.indexOf(part), 1);
  }

  /** Of a service by its full name; `""` is the app as a whole. */
  async statusOf(service: string): Promise<ServingStatus> {
    const parts = service === "" ? this.#parts : this.#parts.filter((part) => has(part, service));
    if (service !== "" && parts.length === 0) return "SERVICE_UNKNOWN";
    const serving = await Promise.all(parts.map(async ({ upstream }) => upstream?.serves()));
    return this.#isClosing || serving.includes(false) ? "NOT_SERVING" : "SERVING";
  }

  /** The full names of all services. */
  get services(): readonly string[] {
    return [...new Set(this.#parts.flatMap((part) => namesOf(part)))];
  }

  /** Tells the status of a service now and whenever it changes, until the returned function is called. */
  watch(service: string, tell: (status: ServingStatus) => void): () => void {
    const watcher: Watcher = { service, tell, told: undefined };
    this.#watchers.add(watcher);
    void this.#tell(watcher);
    this.#timer ??= setInterval(() => this.#tellAll(), watchMs).unref();
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  /** The app is not ready any more. */
  beginClose(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#tellAll();
  }

  /** The same, and resolves when load balancers have had their time to notice. */
  preStop(): Promise<void> {
    this.beginClose();
    this.#preStop ??= delay(this.preStopDelayMs);
    return this.#preStop;
  }

  #tellAll(): void {
    for (const watcher of this.#watchers) void this.#tell(watcher);
  }

  async #tell(watcher: Watcher): Promise<void> {
    const status = await this.statusOf(watcher.service);
    if (watcher.told === status || !this.#watchers.has(watcher)) return;
    watcher.told = status;
    watcher.tell(status);
  }
}

function namesOf({ schema }: HealthPart): string[] {
  return schema().services.map(({ name }) => name);
}

function has(part: HealthPart, service: string): boolean {
  return namesOf(part).includes(service);
}
