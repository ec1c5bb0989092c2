import { type Status, transportClosed } from "grpc-transcoding";
import { upstreamUnreachable } from "grpc-transcoding/internal";
import type { RequestHeads } from "../call/request-head.ts";
import { Connection } from "../connection/connection.ts";
import type { ConnectionOwner } from "../connection/connection-owner.ts";
import type { ConnectionSettings } from "../connection/connection-settings.ts";
import type { CallStream } from "../stream/call-stream.ts";
import { type Address, addressText } from "../target/address.ts";
import type { DialSettings } from "../target/dial.ts";
import type { BackoffSettings } from "./backoff.ts";
import { Endpoint } from "./endpoint.ts";
import { WaitingCalls } from "./waiting-calls.ts";

/** How calls spread over the addresses of a target. */
export type Balancing = "pick_first" | "round_robin";

/** What a pool is made of. */
export interface PoolSettings {
  readonly resolve: () => Promise<readonly Address[]>;
  readonly balancing: Balancing;
  /** To one address. */
  readonly maxConnections: number;
  readonly backoff: BackoffSettings;
  readonly connection: ConnectionSettings;
  readonly dial: DialSettings;
  readonly heads: RequestHeads;
}

// An address that does not answer holds the next one up for so long (RFC 8305 section 5).
const attemptDelayMs = 250;

/** The connections of one target, opened as calls ask for them. */
export class Pool implements ConnectionOwner<Connection> {
  private readonly settings: PoolSettings;
  private readonly waiting = new WaitingCalls();
  private endpoints: Endpoint[] = [];
  private readonly endpointOf = new Map<Connection, Endpoint>();
  private ready: Connection[] = [];
  private turn = 0;
  private opening = new Set<Connection>();
  private isStale = true;
  private isResolving = false;
  private isClosed = false;
  private attemptTimer: NodeJS.Timeout | undefined;
  private lastReason = "no connection";

  constructor(settings: PoolSettings) {
    this.settings = settings;
  }

  /** Finds a connection for a call; reports nothing before the next turn. */
  assign(stream: CallStream): void {
    const connection = this.waiting.size === 0 ? this.pick() : undefined;
    if (connection !== undefined) {
      connection.take(stream);
      return;
    }
    this.waiting.add(stream);
    this.provide();
  }

  close(status: Status = transportClosed): void {
    this.isClosed = true;
    clearTimeout(this.attemptTimer);
    for (const connection of [...this.endpointOf.keys()]) connection.close(status);
    for (const stream of this.waiting.all()) stream.giveUp(status, "transport");
  }

  onReady(connection: Connection): void {
    this.opening.delete(connection);
    this.ready.push(connection);
    this.endpointOf.get(connection)?.onReady();
    if (this.settings.balancing === "pick_first") {
      clearTimeout(this.attemptTimer);
      // The first is enough.
      for (const other of [...this.opening]) other.fail("another address was faster");
    }
    this.provide();
  }

  onRoom(): void {
    if (this.waiting.size > 0) this.provide();
  }

  onRetired(connection: Connection): void {
    // It lives as long as its calls; others may take its place.
    this.endpointOf.get(connection)?.connections.delete(connection);
    this.ready = this.ready.filter((one) => one !== connection);
    this.isStale = true;
  }

  onClosed(connection: Connection, reason: string): void {
    const endpoint = this.endpointOf.get(connection);
    this.endpointOf.delete(connection);
    endpoint?.connections.delete(connection);
    this.isStale = true;
    if (this.opening.delete(connection)) {
      this.lastReason = reason;
      if (!this.isClosed) endpoint?.onFailure(this.settings.backoff);
    } else this.ready = this.ready.filter((one) => one !== connection);
    if (this.waiting.size > 0) this.provide();
  }

  onDisplaced(stream: CallStream): void {
    this.waiting.add(stream);
    // After the present connection has done what it does.
    process.nextTick(() => this.provide());
  }

  private pick(): Connection | undefined {
    const { ready } = this;
    const first = ready[0];
    if (this.settings.balancing === "pick_first" && first?.hasRoom) return first;
    for (let i = 0; i < ready.length; i += 1) {
      this.turn = (this.turn + 1) % ready.length;
      const connection = ready[this.turn] as Connection;
      if (connection.hasRoom) return connection;
    }
    return undefined;
  }

  /** Gives waiting calls to connections, and opens some where none has room. */
  private provide(): void {
    if (this.isClosed) return;
    while (this.waiting.size > 0) {
      const connection = this.pick();
      if (connection === undefined) break;
      const stream = this.waiting.shift();
      if (stream !== undefined) connection.take(stream);
    }
    if (this.waiting.size === 0 || this.opening.size > 0 || this.isResolving) return;
    if (this.isStale || this.endpoints.length === 0) void this.resolve();
    else this.connect();
  }

  private async resolve(): Promise<void> {
    this.isResolving = true;
    try {
      this.setAddresses(await this.settings.resolve());
    } catch (error) {
      // Addresses of before are still worth a try.
      this.lastReason = (error as Error).message;
    }
    this.isResolving = false;
    this.isStale = false;
    if (!this.isClosed) this.connect();
  }

  private setAddresses(addresses: readonly Address[]): void {
    const known = new Map(this.endpoints.map((one) => [addressText(one.address), one]));
    this.endpoints = addresses.map(
      (address) => known.get(addressText(address)) ?? new Endpoint(address),
    );
    // Calls in flight end where they are.
    const kept = new Set(this.endpoints);
    for (const [connection, endpoint] of [...this.endpointOf]) {
      if (!kept.has(endpoint)) connection.retire();
    }
  }

  private connect(): void {
    if (this.waiting.size === 0) return;
    const now = performance.now();
    const { maxConnections, balancing } = this.settings;
    const open = this.endpoints.filter((one) => one.mayConnect(now));
    const candidates = open.filter((one) => one.connections.size < maxConnections);
    if (candidates.length === 0) {
      // Where there are connections, they will have room again.
      if (this.ready.length === 0 && open.length === 0) this.refuseWaiting();
      return;
    }
    if (balancing === "pick_first") this.connectInTurn(inOrder(candidates), 0);
    else for (const endpoint of fewestConnections(candidates)) this.open(endpoint);
  }

  /** Tries one address after the other; the next also when one takes long. */
  private connectInTurn(candidates: readonly Endpoint[], at: number): void {
    const endpoint = candidates[at];
    if (endpoint === undefined || this.isClosed) return;
    const connection = this.open(endpoint);
    if (at + 1 === candidates.length) return;
    clearTimeout(this.attemptTimer);
    this.attemptTimer = setTimeout(() => {
      if (this.opening.has(connection)) this.connectInTurn(candidates, at + 1);
    }, attemptDelayMs);
  }

  private open(endpoint: Endpoint): Connection {
    const { connection: settings, dial, heads } = this.settings;
    const connection = new Connection(this, endpoint.address, settings, dial, heads);
    this.opening.add(connection);
    this.endpointOf.set(connection, endpoint);
    endpoint.connections.add(connection);
    return connection;
  }

  private refuseWaiting(): void {
    const reason = this.lastReason;
    const calls = this.waiting.all();
    process.nextTick(() => {
      for (const stream of calls) {
        if (stream.host === this.waiting) stream.refuse(upstreamUnreachable, reason);
      }
    });
  }
}

/** Those with connections first: an address that works is kept. */
function inOrder(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  return [
    ...endpoints.filter(({ connections }) => connections.size > 0),
    ...endpoints.filter(({ connections }) => connections.size === 0),
  ];
}

function fewestConnections(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const least = Math.min(...endpoints.map(({ connections }) => connections.size));
  return endpoints.filter(({ connections }) => connections.size === least);
}
