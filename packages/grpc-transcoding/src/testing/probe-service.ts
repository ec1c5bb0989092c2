import {
  Metadata,
  Server,
  type ServerDuplexStream,
  type ServerOptions,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";

const asBytes = {
  requestSerialize: (bytes: Buffer) => bytes,
  requestDeserialize: (bytes: Buffer) => {
    if (bytes.toString() === "malformed") throw new Error("malformed");
    return bytes;
  },
  responseSerialize: (bytes: Buffer) => {
    if (!Buffer.isBuffer(bytes)) throw new Error("not bytes");
    return bytes;
  },
  responseDeserialize: (bytes: Buffer) => bytes,
};

function method(name: string, requestStream: boolean, responseStream: boolean) {
  return { path: `/probe.Probe/${name}`, requestStream, responseStream, ...asBytes };
}

const probeDefinition: ServiceDefinition = {
  Unary: method("Unary", false, false),
  ClientStream: method("ClientStream", true, false),
  ServerStream: method("ServerStream", false, true),
  Bidi: method("Bidi", true, true),
};

/** What the probe's handlers did, for tests to look at. */
export interface ProbeLog {
  readonly events: string[];
  /** Resolves once the event has been logged. */
  seen(event: string): Promise<void>;
}

function createLog(): ProbeLog & { add(event: string): void } {
  const events: string[] = [];
  const waiting: (() => void)[] = [];
  return {
    events,
    add(event) {
      events.push(event);
      for (const wake of waiting.splice(0)) wake();
    },
    async seen(event) {
      while (!events.includes(event)) {
        await new Promise<void>((wake) => {
          waiting.push(wake);
        });
      }
    },
  };
}

/** A server whose handlers do what the request's text asks for. */
export function probeServer(options?: ServerOptions): { server: Server; log: ProbeLog } {
  const log = createLog();
  const server = new Server(options);
  server.addService(probeDefinition, handlers(log.add));
  return { server, log };
}

type UnaryCall = ServerUnaryCall<Buffer, unknown>;
type Respond = (error: unknown, value?: unknown, trailers?: Metadata) => void;

function trailers(): Metadata {
  const metadata = new Metadata();
  metadata.set("x-trailer", "last");
  metadata.set("grpc-status-details-bin", Buffer.from([8, 5]));
  return metadata;
}

function handlers(log: (event: string) => void): UntypedServiceImplementation {
  const unary: Record<string, (call: UnaryCall, respond: Respond) => void> = {
    echo: (call, respond) => respond(null, call.request),
    later: (call, respond) => setImmediate(() => respond(null, call.request)),
    headers: (call, respond) => {
      const metadata = new Metadata();
      for (const value of call.metadata.get("x-in")) metadata.add("x-in", value);
      for (const value of call.metadata.get("y-bin")) metadata.add("y-bin", Buffer.from(value));
      call.metadata.set("x-in", "changed by the handler");
      for (const bytes of call.metadata.get("y-bin")) (bytes as Buffer).fill(0);
      call.sendMetadata(metadata);
      call.sendMetadata(new Metadata());
      respond(null, call.request, trailers());
    },
    fail: (_call, respond) =>
      respond({ code: 9, details: "nope é %", message: "unused", metadata: trailers() }),
    "fail with other trailers": (_call, respond) =>
      respond({ code: 9, details: "no", metadata: new Metadata() }, null, trailers()),
    exhausted: (call, respond) =>
      respond({ code: 8, details: String(call.metadata.get("x-text")[0]) }),
    "text code": (_call, respond) => respond(Object.assign(new Error("boom"), { code: "ENOENT" })),
    "code 4.5": (_call, respond) => respond({ code: 4.5, message: "half" }),
    "code 99": (_call, respond) => respond({ code: 99, details: "unheard of" }),
    throw: () => {
      throw new Error("secret");
    },
    hang: (call) => call.on("cancelled", () => log(`cancelled ${call.cancelled}`)),
    ending: (call, respond) => {
      call.on("cancelled", () => log("cancelled after the end"));
      respond(null, call.request);
    },
    twice: (call, respond) => {
      respond(null, call.request);
      respond({ code: 13, details: "second answer" });
    },
    unencodable: (_call, respond) => respond(null, "text"),
    large: (call, respond) => respond(null, Buffer.alloc(Number(call.metadata.get("x-size")[0]))),
    context: (call, respond) => {
      const { transportSecurityType, sslPeerCertificate } = call.getAuthContext();
      const seen = {
        peer: call.getPeer(),
        path: call.getPath(),
        deadline: call.getDeadline(),
        subject: sslPeerCertificate?.subject?.CN,
        transportSecurityType,
      };
      call.getMetricsRecorder().recordQpsMetric(1);
      respond(null, Buffer.from(JSON.stringify(seen)));
    },
  };
  return {
    Unary: (call: UnaryCall, respond: Respond) => {
      log("called");
      (unary[call.request.toString()] ?? unary.echo)?.(call, respond);
    },
    ClientStream: (call: ServerReadableStream<Buffer, Buffer>, respond: Respond) => {
      let bytes = 0;
      call.on("data", (message: Buffer) => {
        bytes += message.length;
        log("received");
      });
      call.on("end", () => respond(null, Buffer.from(String(bytes))));
      call.on("cancelled", () => log("cancelled"));
    },
    ServerStream: async (call: ServerWritableStream<Buffer, Buffer>) => {
      let resume = (): void => {};
      call.on("drain", () => resume());
      call.on("cancelled", () => {
        log("cancelled");
        resume();
      });
      const [kind = "", count = "0"] = call.request.toString().split(" ");
      for (let i = 0; i < Number(count) && !call.cancelled; i++) {
        log("written");
        if (call.write(Buffer.from(kind === "large" ? "x".repeat(50_000) : String(i)))) continue;
        await new Promise<void>((resolve) => {
          resume = resolve;
        });
      }
      if (kind === "fail") {
        call.emit("error", { code: 10, details: "midway", metadata: trailers() });
      } else call.end(trailers());
    },
    Bidi: (call: ServerDuplexStream<Buffer, Buffer>) => {
      log("bidi called");
      call.on("cancelled", () => log("cancelled"));
      call.on("data", (message: Buffer) => call.write(Buffer.from(`re: ${message}`)));
      call.on("end", () => call.end());
    },
  } as never;
}
