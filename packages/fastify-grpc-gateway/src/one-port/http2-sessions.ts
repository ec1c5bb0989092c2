import { constants, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import { Code } from "grpc-transcoding";
import { LiveList, type Placed } from "../transport/live-list.ts";
import { answerStatus, type RefusedStatus } from "./trailers-only.ts";

// How long a client may take to read the last statuses before its connection is cut.
const lastWordsMs = 250;

interface OpenStream extends Placed {
  readonly stream: ServerHttp2Stream;
}

interface SessionState {
  /** Native gRPC streams that have not closed. */
  readonly grpcStreams: LiveList<OpenStream>;
  /** Streams that were reset since `resetsSince`. */
  resets: number;
  resetsSince: number;
}

/** What one HTTP/2 connection may do. */
export interface SessionLimits {
  /**
   * How many of its streams may be reset within a second; a connection with more is closed with
   * ENHANCE_YOUR_CALM (rapid reset, CVE-2023-44487: Node 20 leaves it open).
   */
  readonly maxResetsPerSecond: number;
}

/**
 * The HTTP/2 connections of an app, whichever server object holds them. Neither `http.Server.close` nor
 * `closeAllConnections` knows connections that were handed to another server, so they are closed here.
 */
export class Http2Sessions {
  private readonly sessions = new Map<ServerHttp2Session, SessionState>();
  private readonly limits: SessionLimits;
  private isClosing = false;

  constructor(limits: SessionLimits) {
    this.limits = limits;
  }

  get size(): number {
    return this.sessions.size;
  }

  get closing(): boolean {
    return this.isClosing;
  }

  add(session: ServerHttp2Session): void {
    this.sessions.set(session, { grpcStreams: new LiveList(), resets: 0, resetsSince: 0 });
    session.once("close", () => this.sessions.delete(session));
    if (this.isClosing) session.close();
  }

  /** Watches a stream until it closes; native gRPC ones can be ended with a status. */
  watch(stream: ServerHttp2Stream, isGrpc: boolean): void {
    const { session } = stream;
    const state = session === undefined ? undefined : this.sessions.get(session as never);
    if (state === undefined) return;
    const open = { stream, place: -1 };
    if (isGrpc) state.grpcStreams.add(open);
    stream.once("close", () => {
      state.grpcStreams.delete(open);
      if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) {
        this.countReset(session as ServerHttp2Session, state);
      }
    });
  }

  /** Says GOAWAY on all connections: streams that are open go on, no new ones come. */
  beginClose(): void {
    this.isClosing = true;
    for (const session of this.sessions.keys()) session.close();
  }

  /** Ends open calls with UNAVAILABLE, then cuts every connection. */
  finishClose(): void {
    for (const { grpcStreams } of this.sessions.values()) {
      for (const { stream } of grpcStreams) answerStatus(stream, shuttingDown);
    }
    setTimeout(() => {
      for (const session of this.sessions.keys()) {
        session.destroy(new Error(shuttingDown.message), constants.NGHTTP2_CANCEL);
      }
    }, lastWordsMs).unref();
  }

  private countReset(session: ServerHttp2Session, state: SessionState): void {
    const now = performance.now();
    if (now - state.resetsSince > 1_000) {
      state.resetsSince = now;
      state.resets = 0;
    }
    state.resets += 1;
    if (state.resets > this.limits.maxResetsPerSecond && !session.destroyed) {
      // The error is needed: without one Node puts the code aside.
      session.destroy(new Error("too many resets"), constants.NGHTTP2_ENHANCE_YOUR_CALM);
    }
  }
}

/** What a call hears that comes too late. */
export const shuttingDown: RefusedStatus = {
  code: Code.UNAVAILABLE,
  message: "the server is shutting down",
};
