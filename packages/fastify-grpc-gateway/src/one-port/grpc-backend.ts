import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { Server, ServerCredentials } from "@grpc/grpc-js";
import { type InjectedServer, injectServer, serverInternals } from "../grpc-js/internals.ts";

type CloseListener = () => void;

/**
 * A grpc-js server behind the port, which several sinks may share. When the last of them has gone and the calls that
 * ran then have ended, it lets go of the server and of the connections, which others go on using.
 */
export class GrpcBackend {
  readonly handlers: ReadonlyMap<string, unknown>;
  sinks = 0;
  private readonly injected: InjectedServer;
  /** The connections that grpc-js was told of, with what it does when they close. */
  private readonly sessions = new Map<ServerHttp2Session, readonly CloseListener[]>();
  private streams = 0;

  /** Throws when the server is not a grpc-js server that this package knows, or refuses the credentials. */
  constructor(server: Server, credentials: ServerCredentials) {
    this.injected = injectServer(server, credentials);
    this.handlers = serverInternals(server).handlers;
  }

  /** False once the server was shut down. */
  get isOpen(): boolean {
    return this.injected.isOpen();
  }

  /** Gives a stream to the server as if the server had accepted its connection. */
  deliver(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number): void {
    const session = stream.session as ServerHttp2Session | undefined;
    if (session === undefined) return;
    // With its first call only: grpc-js' keepalive and age limits are for connections that speak gRPC.
    if (!this.sessions.has(session)) this.introduce(session);
    this.streams += 1;
    stream.once("close", () => {
      this.streams -= 1;
      this.releaseUnused();
    });
    this.injected.events.emit("stream", stream, headers, flags);
  }

  /** Lets go of the server once no sink and no call needs it. */
  releaseUnused(): void {
    if (this.sinks === 0 && this.streams === 0) this.release();
  }

  /** Lets go of the server and of all connections at once. */
  release(): void {
    // Otherwise destroying the injector would close them.
    for (const [session, listeners] of this.sessions) {
      for (const listener of listeners) {
        session.off("close", listener);
        listener();
      }
    }
    this.injected.injector.destroy();
  }

  private introduce(session: ServerHttp2Session): void {
    const before = new Set(session.listeners("close"));
    // A connection may call the servers of many gateways.
    session.setMaxListeners(session.getMaxListeners() + 2);
    this.injected.events.emit("session", session);
    const added = session.listeners("close").filter((listener) => !before.has(listener));
    const forget = (): void => void this.sessions.delete(session);
    session.once("close", forget);
    this.sessions.set(session, [...(added as CloseListener[]), forget]);
  }
}
