import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Server, ServerCredentials } from "@grpc/grpc-js";
import { Code } from "grpc-transcoding";
import { serverInternals } from "../grpc-js/internals.ts";
import { GrpcBackend } from "./grpc-backend.ts";
import type { AdmitNative } from "./native-stream.ts";
import { answerStatus } from "./trailers-only.ts";

/** A gRPC server that takes calls from the port. */
export interface GrpcSink {
  /** Unique on the port; the gateway's name. */
  readonly name: string;
  readonly server: Server;
  /** The full names of the services that it takes; undefined for all that the server has. */
  readonly services: ReadonlySet<string> | undefined;
  /** Chooses among sinks with the same services, by tenant for example. */
  readonly accepts: ((headers: IncomingHttpHeaders) => boolean) | undefined;
  /** What calls pass before the server sees them; undefined for nothing. */
  readonly admit: AdmitNative | undefined;
  /** Takes the calls that no other sink has a method or a service for. */
  readonly isLast?: boolean;
  /** Refuses the calls that it would take, and those that no other sink takes. */
  readonly refuses?: boolean;
  /** Asked once for each call, first of all: who takes it in this sink's place. */
  readonly divert?: Divert | undefined;
}

/** Finds who takes a call in place of the listed sink: by tenant, for example. */
type Divert = (
  listed: GrpcSink,
  headers: IncomingHttpHeaders,
  stream: ServerHttp2Stream,
) => FoundSink;

/** A sink for a call. */
export interface FoundSink {
  readonly sink: GrpcSink;
  /** `"/package.Service/Method"`, where that is not the call's `:path` itself. */
  readonly path: string;
}

/** A sink on its port. */
export interface AddedSink {
  /** Takes calls for other services from now on. Throws, and changes nothing, for one that another sink takes. */
  serve(services: ReadonlySet<string> | undefined): void;
  /** Takes the sink off the port; calls that run go on. */
  remove(): void;
}

/** The gRPC servers of one port: which of them a call is for, and handing it over. */
export class GrpcSinks {
  private readonly sinks: GrpcSink[] = [];
  private readonly backends = new Map<Server, GrpcBackend>();

  /**
   * Adds a sink. Throws when its name is taken, when another sink takes one of its services from the same
   * callers, or when the server is not a grpc-js server that this package knows.
   */
  add(sink: GrpcSink, credentials: ServerCredentials): AddedSink {
    for (const other of this.sinks) refuseConflict(sink, other);
    const release = this.lend(sink.server, credentials);
    this.sinks.push(sink);
    let current = sink;
    return {
      serve: (services) => {
        current = this.replace(current, { ...current, services });
      },
      remove: () => this.remove(current, release),
    };
  }

  /**
   * Lets a server take calls that sinks divert to it. Returns the function that ends that, to be called once; calls
   * that run go on.
   */
  lend(server: Server, credentials: ServerCredentials): () => void {
    const backend = this.backends.get(server) ?? new GrpcBackend(server, credentials);
    this.backends.set(server, backend);
    backend.sinks += 1;
    return () => {
      if (this.backends.get(server) !== backend) return;
      backend.sinks -= 1;
      if (backend.sinks > 0) return;
      this.backends.delete(server);
      backend.releaseUnused();
    };
  }

  /**
   * The sink for a call: one that names its service or has its method. A method that no server has goes to the one that
   * has the service, which answers it.
   */
  find(headers: IncomingHttpHeaders, stream: ServerHttp2Stream): FoundSink | undefined {
    const target = headers[":path"] ?? "";
    let nearest: FoundSink | undefined;
    let refusing: FoundSink | undefined;
    let last: FoundSink | undefined;
    for (const listed of this.sinks) {
      const found = listed.divert?.(listed, headers, stream) ?? { sink: listed, path: target };
      const { sink, path } = found;
      if (sink.refuses) refusing ??= found;
      if (sink.services?.has(serviceOf(path)) === false) continue;
      if (sink.accepts !== undefined && !sink.accepts(headers)) continue;
      if (sink.isLast) {
        if (serviceOf(path) !== "") last ??= found;
        continue;
      }
      if (this.backends.get(sink.server)?.handlers.has(path)) return found;
      if (sink.services !== undefined) nearest ??= found;
    }
    return nearest ?? refusing ?? last;
  }

  /** Gives a stream to a sink's server. */
  deliver(
    sink: GrpcSink,
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    flags: number,
  ): void {
    const backend = this.backends.get(sink.server);
    if (backend?.isOpen) backend.deliver(stream, headers, flags);
    else answerStatus(stream, { code: Code.UNAVAILABLE, message: "the service has stopped" });
  }

  /** Lets go of every server, whether calls run or not: for when no connection is left. The servers stay usable. */
  close(): void {
    for (const backend of this.backends.values()) backend.release();
    this.backends.clear();
    this.sinks.length = 0;
  }

  private replace(sink: GrpcSink, next: GrpcSink): GrpcSink {
    const at = this.sinks.indexOf(sink);
    if (at < 0) return sink;
    for (const other of this.sinks) if (other !== sink) refuseConflict(next, other);
    this.sinks[at] = next;
    return next;
  }

  private remove(sink: GrpcSink, release: () => void): void {
    const at = this.sinks.indexOf(sink);
    if (at < 0) return;
    this.sinks.splice(at, 1);
    release();
  }
}

function refuseConflict(sink: GrpcSink, other: GrpcSink): void {
  if (other.name === sink.name) {
    throw new Error(`a gRPC server named ${JSON.stringify(sink.name)} is on this port already`);
  }
  if (other.server === sink.server || sink.accepts !== undefined || other.accepts !== undefined) {
    return;
  }
  const others = servicesOf(other);
  const shared = [...servicesOf(sink)].find((service) => others.has(service));
  if (shared !== undefined) {
    throw new Error(
      `two gRPC servers on this port take the service ${shared}: ${JSON.stringify(other.name)} and ${JSON.stringify(sink.name)}; set nativeGrpc: false, or services, on one of the gateways`,
    );
  }
}

/** The services that calls go by; every server may have those of gRPC itself, such as health. */
function servicesOf({ services, server }: GrpcSink): ReadonlySet<string> {
  const names =
    services ?? [...serverInternals(server).handlers.keys()].map((path) => serviceOf(path));
  return new Set([...names].filter((name) => !name.startsWith("grpc.")));
}

// No more than names: an upstream that cuts a query off, or decodes, would serve another method than was judged.
const methodPath = /^\/([^/?#%;\\]+)\/[^/?#%;\\]+$/;

/** `"package.Service"` of `"/package.Service/Method"`; `""` for a path of another form. */
function serviceOf(path: string): string {
  return methodPath.exec(path)?.[1] ?? "";
}
