import { fileURLToPath } from "node:url";
import type {
  Server,
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
} from "@grpc/grpc-js";
import { createServer } from "fastify-grpc-gateway";

export const attackedProto: string = fileURLToPath(new URL("./proto", import.meta.url));

interface Text {
  readonly text: string;
}

/** How many calls are in the service's handlers. */
export interface OpenCalls {
  count: number;
}

interface Cancellable {
  readonly cancelled: boolean;
  on(event: "cancelled", listener: () => void): unknown;
}

/** A server of attacked.v1.Attacked that is not bound to a port. */
export function attackedService(open: OpenCalls): Promise<Server> {
  /** Counts a call until it ends or is cancelled. */
  const enter = (call: Cancellable): (() => void) => {
    // A call that was reset before its handler ran has told so already.
    let inside = !call.cancelled;
    if (inside) open.count += 1;
    const leave = (): void => {
      if (inside) open.count -= 1;
      inside = false;
    };
    call.on("cancelled", leave);
    return leave;
  };
  const handlers = {
    Echo(call: ServerUnaryCall<Text, Text>, respond: sendUnaryData<Text>) {
      respond(null, call.request);
    },
    Slow(call: ServerUnaryCall<{ readonly ms: number }, Text>, respond: sendUnaryData<Text>) {
      const leave = enter(call);
      const timer = setTimeout(() => {
        leave();
        respond(null, { text: "late" });
      }, call.request.ms);
      call.on("cancelled", () => clearTimeout(timer));
    },
    Flood(call: ServerWritableStream<{ readonly bytes: number }, Text>) {
      enter(call);
      const message = { text: "x".repeat(call.request.bytes) };
      const next = (): void => {
        while (!call.cancelled) {
          if (call.write(message)) continue;
          call.once("drain", next);
          return;
        }
      };
      next();
    },
    Collect(call: ServerReadableStream<Text, Text>, respond: sendUnaryData<Text>) {
      const leave = enter(call);
      call.on("error", leave);
      call.resume();
      call.on("end", () => {
        leave();
        respond(null, { text: "" });
      });
    },
    Chat(call: ServerDuplexStream<Text, Text>) {
      const leave = enter(call);
      call.on("error", leave);
      call.on("data", (message: Text) => call.write(message));
      call.on("end", () => {
        leave();
        call.end();
      });
    },
  };
  return createServer({ proto: attackedProto, services: { "attacked.v1.Attacked": handlers } });
}
