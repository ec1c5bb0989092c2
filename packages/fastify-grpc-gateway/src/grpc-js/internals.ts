/**
 * The place that knows private members of grpc-js' Server (unchanged from 1.10 to 1.14.7). Every use of
 * one goes through {@link serverInternals}, which checks them first, so that a grpc-js without them fails
 * at register with a sentence instead of at the first call with a TypeError.
 */
import type { EventEmitter } from "node:events";
import type {
  ChannelOptions,
  ConnectionInjector,
  Server,
  ServerCredentials,
  ServerInterceptingCallInterface,
  ServerInterceptor,
  sendUnaryData,
} from "@grpc/grpc-js";

/** A handler as `Server.register` keeps it. */
export interface RegisteredHandler {
  readonly path: string;
  readonly type: "unary" | "clientStream" | "serverStream" | "bidi";
  readonly func: (call: unknown, respond: sendUnaryData<unknown>) => unknown;
  readonly serialize: (value: unknown) => Buffer;
  readonly deserialize: (bytes: Buffer) => unknown;
}

/** What an in-process call needs of a `Server`. */
export interface ServerInternals {
  readonly handlers: ReadonlyMap<string, RegisteredHandler>;
  readonly interceptors: readonly ServerInterceptor[];
  readonly options: ChannelOptions;
  /** Keys are the http2 servers that the `Server` listens on or was injected with. */
  readonly http2Servers: ReadonlyMap<EventEmitter, unknown>;
  /** Runs a handler over a call as if it had come over HTTP/2. */
  _runHandlerForCall(call: ServerInterceptingCallInterface, handler: RegisteredHandler): boolean;
}

/** Receives the event of Node's http2 server that `Server` would get from a listening one. */
export interface InjectedServer {
  readonly injector: ConnectionInjector;
  /** grpc-js' own http2 server, which never listens; it takes `session` and `stream` events. */
  readonly events: EventEmitter;
  /** False once the `Server` was shut down: it would still answer streams after that. */
  isOpen(): boolean;
}

const expected: Readonly<Record<keyof ServerInternals, (value: unknown) => boolean>> = {
  handlers: (value) => value instanceof Map,
  interceptors: Array.isArray,
  options: (value) => typeof value === "object" && value !== null,
  http2Servers: (value) => value instanceof Map,
  _runHandlerForCall: (value) => typeof value === "function",
};

/** The private members of a `Server`. Throws when this grpc-js lacks one of them. */
export function serverInternals(server: Server): ServerInternals {
  const members = server as unknown as Record<string, unknown>;
  for (const [name, isExpected] of Object.entries(expected)) {
    if (!isExpected(members[name])) throw unsupported(name);
  }
  return server as unknown as ServerInternals;
}

/**
 * Creates a connection injector and finds the http2 server behind it. Throws when this grpc-js does not keep
 * it where 1.10 to 1.14 do.
 */
export function injectServer(server: Server, credentials: ServerCredentials): InjectedServer {
  const { http2Servers } = serverInternals(server);
  const before = new Set(http2Servers.keys());
  const injector = createInjector(server, credentials);
  const added = [...http2Servers.keys()].filter((candidate) => !before.has(candidate));
  const [events] = added;
  if (added.length !== 1 || events === undefined || events.listenerCount("stream") === 0) {
    injector.destroy();
    throw unsupported("http2Servers");
  }
  return { injector, events, isOpen: () => http2Servers.has(events) };
}

/**
 * Gives a server a handler for every method that it has none for, made for each call: a client chooses the
 * paths, so that none is kept.
 */
export function handleUnknown(
  server: Server,
  handlerOf: (path: string) => RegisteredHandler,
): void {
  const { handlers } = serverInternals(server);
  class AllHandlers extends Map<string, RegisteredHandler> {
    override get(path: string): RegisteredHandler | undefined {
      return super.get(path) ?? (isMethodPath(path) ? handlerOf(path) : undefined);
    }
  }
  Object.assign(server, { handlers: new AllHandlers(handlers) });
}

function isMethodPath(path: string): boolean {
  return /^\/[^/]+\/[^/]+$/.test(path);
}

function createInjector(server: Server, credentials: ServerCredentials): ConnectionInjector {
  try {
    return server.createConnectionInjector(credentials);
  } catch (error) {
    // It judges them by instanceof.
    throw new TypeError(
      `the grpc.Server refuses the credentials (${(error as Error).message}); pass as credentials ServerCredentials.createInsecure() of the @grpc/grpc-js that made the server`,
      { cause: error },
    );
  }
}

function unsupported(member: string): Error {
  return new Error(
    `this @grpc/grpc-js has no Server.${member} as versions 1.14.4 to 1.x have; install a version that fastify-grpc-gateway names in its peerDependencies`,
  );
}
