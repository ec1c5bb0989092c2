import { constants, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import { Code } from "grpc-transcoding";
import type { Ending } from "../closing/app-closing.ts";
import type { OpenSockets } from "../closing/open-sockets.ts";
import { LiveList, type Placed } from "../live/live-list.ts";
import { type AgeingSession, ageSession } from "./connection-age.ts";
import { probeIdleSession } from "./idle-session.ts";
import { ResetGuard, type ResetLimits } from "./reset-guard.ts";
import { StreamQueue } from "./stream-queue.ts";
import { answerStatus, type RefusedStatus } from "./trailers-only.ts";

// How often sessions are looked after.
const lookMs = 2_000;

interface OpenStream extends Placed {
  readonly stream: ServerHttp2Stream;
  readonly openedAt: number;
}

/** What one HTTP/2 connection may do. */
export interface SessionLimits extends ResetLimits {
  /** After how many milliseconds without traffic a session ends where its server has such a timeout. */
  readonly sessionIdleMs: number;
  /** After how many milliseconds a session gets a GOAWAY, whatever it does; 0 for never. @default 0 */
  readonly maxConnectionAgeMs?: number;
}

interface SessionState {
  /** Native gRPC streams that have not closed. */
  readonly grpcStreams: LiveList<OpenStream>;
  /** Streams of all kinds that have not closed. */
  openStreams: number;
  readonly guard: ResetGuard;
  readonly queue: StreamQueue;
  /** Undefined where sessions may grow as old as they like. */
  readonly ageing: AgeingSession | undefined;
  /** Where its client is. */
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  /** It was destroyed already at the last look, and its socket has not closed since. */
  isStuck: boolean;
  /** Too many resets: it is destroyed as soon as Node has left its events. */
  isCut: boolean;
}

/**
 * The HTTP/2 connections of an app, whichever server object holds them. Neither `http.Server.close` nor
 * `closeAllConnections` knows connections that were handed to another server, so they are closed here.
 *
 * No session is closed or destroyed inside an event of its own or of one of its streams: those come out of
 * nghttp2's receive loop, whose memory Node 20 then frees under it (the process ends with SIGABRT or SIGSEGV).
 */
export class Http2Sessions implements Ending {
  readonly graceMs: number;
  private readonly sessions = new Map<ServerHttp2Session, SessionState>();
  private readonly limits: SessionLimits;
  private readonly sockets: OpenSockets;
  private looks: NodeJS.Timeout | undefined;
  private isClosing = false;

  constructor(limits: SessionLimits, graceMs: number, sockets: OpenSockets) {
    this.limits = limits;
    this.sockets = sockets;
    this.graceMs = graceMs;
  }

  get size(): number {
    return this.sessions.size;
  }

  /** How many native gRPC streams are open. */
  get grpcStreamCount(): number {
    let count = 0;
    for (const { grpcStreams } of this.sessions.values()) count += grpcStreams.size;
    return count;
  }

  get closing(): boolean {
    return this.isClosing;
  }

  add(session: ServerHttp2Session): void {
    const guard = new ResetGuard(this.limits);
    const { remoteAddress, remotePort } = session.socket ?? {};
    this.looks ??= setInterval(() => this.cutStuck(), lookMs).unref();
    const { maxConnectionAgeMs = 0 } = this.limits;
    const state: SessionState = {
      remoteAddress,
      remotePort,
      isStuck: false,
      grpcStreams: new LiveList<OpenStream>(),
      openStreams: 0,
      guard,
      queue: new StreamQueue(),
      isCut: false,
      ageing:
        maxConnectionAgeMs === 0
          ? undefined
          : ageSession(
              session,
              maxConnectionAgeMs,
              () => state.openStreams === 0,
              () => closeSoon(session),
            ),
    };
    this.sessions.set(session, state);
    session.once("close", () => this.sessions.delete(session));
    session.on("timeout", () => {
      probeIdleSession(session, this.limits.sessionIdleMs, () => {
        if (state.openStreams === 0) closeSoon(session);
      });
    });
    if (this.isClosing) closeSoon(session);
  }

  /**
   * Watches a stream until it closes; native gRPC ones can be ended with a status. Returns false for a
   * stream of a connection that is about to be cut: nobody shall work for it.
   */
  watch(stream: ServerHttp2Stream, isGrpc: boolean): boolean {
    const { session } = stream;
    const state = session === undefined ? undefined : this.sessions.get(session as never);
    if (state === undefined) return true;
    if (state.isCut) return false;
    const open: OpenStream = { stream, place: -1, openedAt: performance.now() };
    if (isGrpc) state.grpcStreams.add(open);
    state.openStreams += 1;
    stream.once("close", () => {
      state.openStreams -= 1;
      state.grpcStreams.delete(open);
      this.count(session as ServerHttp2Session, state, open);
      if (state.openStreams === 0) state.ageing?.idle();
    });
    return true;
  }

  /** Begins the work for a stream when it is its turn among those of its connection. */
  inTurn(stream: ServerHttp2Stream, begin: () => void): void {
    const state = this.sessions.get(stream.session as never);
    if (state === undefined) begin();
    else state.queue.add(stream, begin);
  }

  /** Says GOAWAY on all connections: streams that are open go on, no new ones come. */
  beginClose(): void {
    this.isClosing = true;
    for (const session of this.sessions.keys()) closeSoon(session);
  }

  /** Ends open native calls with UNAVAILABLE. */
  finishClose(): void {
    for (const { grpcStreams } of this.sessions.values()) {
      for (const { stream } of grpcStreams) answerStatus(stream, shuttingDown);
    }
  }

  /**
   * A session that was destroyed waits for its socket, and Node 20 reads the socket of a terminated one no more:
   * over TLS it then never hears of the end.
   */
  private cutStuck(): void {
    for (const [session, state] of this.sessions) {
      if (!session.destroyed) continue;
      if (state.isStuck) this.sockets.cut(state.remoteAddress, state.remotePort);
      state.isStuck = true;
    }
    if (this.sessions.size > 0) return;
    clearInterval(this.looks);
    this.looks = undefined;
  }

  private count(
    session: ServerHttp2Session,
    state: SessionState,
    { stream, openedAt }: OpenStream,
  ): void {
    const { guard } = state;
    if (stream.rstCode === constants.NGHTTP2_NO_ERROR || stream.headersSent) {
      guard.countServed();
    } else if (guard.countReset(openedAt, performance.now()) && !state.isCut) {
      state.isCut = true;
      // The error is needed: without one Node puts the code aside.
      setImmediate(() => {
        session.destroy(new Error("too many resets"), constants.NGHTTP2_ENHANCE_YOUR_CALM);
      });
    }
  }
}

/** Sends GOAWAY once Node has left the session's events: a session without streams is destroyed by it. */
function closeSoon(session: ServerHttp2Session): void {
  setImmediate(() => session.close());
}

/** What a call hears that comes too late. */
export const shuttingDown: RefusedStatus = {
  code: Code.UNAVAILABLE,
  message: "the server is shutting down",
};
