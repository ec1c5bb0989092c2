import {
  Server,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import type { AppHealth } from "./app-health.ts";
import { type HealthCodec, healthService, type ServingStatus } from "./health-codec.ts";

const asIs = (bytes: Buffer): Buffer => bytes;

/** What has closed must not keep those who watch. */
export interface HealthServer {
  readonly server: Server;
  /** Ends all `Watch` calls. */
  endWatching(): void;
}

/** A grpc-js server without a port that answers grpc.health.v1 for an app. */
export function createHealthServer(health: AppHealth, codec: HealthCodec): HealthServer {
  const server = new Server({
    // A server stays in grpc-js' table of channelz for ever unless it is shut down.
    "grpc.enable_channelz": 0,
    // A request is a name.
    "grpc.max_receive_message_length": 4 * 1024,
  });
  const watching = new Set<ServerWritableStream<Buffer, Buffer>>();
  const check = (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>): void => {
    const service = serviceOf(call.request);
    if (service === undefined) {
      answer(malformed);
      return;
    }
    void health.statusOf(service).then((found) => {
      if (found === "SERVICE_UNKNOWN")
        answer({ code: status.NOT_FOUND, details: "unknown service" });
      else answer(null, codec.writeResponse(found));
    });
  };
  const watch = (call: ServerWritableStream<Buffer, Buffer>): void => {
    const service = serviceOf(call.request);
    if (service === undefined) {
      call.emit("error", malformed);
      return;
    }
    const stop = health.watch(service, (found: ServingStatus) => {
      call.write(codec.writeResponse(found));
    });
    watching.add(call);
    const end = (): void => {
      stop();
      watching.delete(call);
    };
    call.on("cancelled", end);
    call.on("close", end);
  };
  const serviceOf = (request: Buffer): string | undefined => {
    try {
      return codec.readRequest(request);
    } catch {
      return undefined;
    }
  };
  server.register(`/${healthService}/Check`, check, asIs, asIs, "unary");
  server.register(`/${healthService}/Watch`, watch as never, asIs, asIs, "serverStream");
  return {
    server,
    endWatching() {
      const error = { code: status.UNAVAILABLE, details: "the app is shutting down" };
      for (const call of watching) call.emit("error", error);
    },
  };
}

const malformed = { code: status.INVALID_ARGUMENT, details: "not a HealthCheckRequest" };
