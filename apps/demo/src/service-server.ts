import { fileURLToPath } from "node:url";
import type { Server } from "@grpc/grpc-js";
import { createServer } from "fastify-grpc-gateway";
import { assessments } from "./services/assessments.ts";
import { chat } from "./services/chat.ts";
import { covers } from "./services/covers.ts";
import { libraryService } from "./services/library.ts";
import { LibraryStore } from "./services/library-store.ts";
import { libraryStreams } from "./services/library-streams.ts";
import { mathCat } from "./services/math-cat.ts";
import { noteService } from "./services/notes.ts";
import { payments } from "./services/payments.ts";

const protos = new URL("../../../proto/", import.meta.url);

/** Where the demo's protos are. */
export const protoDir: string = fileURLToPath(protos);

/** Those of the library and the calculator. The others are tenants'. */
export const libraryProtos: string[] = ["library", "math"].map(protoPath);

/** The demo's gRPC services on a server that is not bound to any port. */
export function createServiceServer(): Promise<Server> {
  const store = new LibraryStore();
  return createServer({
    proto: libraryProtos,
    services: {
      "math.Cat": mathCat,
      "library.v1.NoteService": noteService(),
      "library.v1.LibraryService": {
        ...libraryService(store),
        ...libraryStreams(store),
        ...covers(store),
        ...chat(store),
      },
    },
  });
}

/** The services of the demo's tenants, by the names that the document has for them: none is bound to any port. */
export async function createTenantServers(): Promise<Record<string, Server>> {
  return {
    "pay-core": await createServer({
      proto: protoPath("pay"),
      services: { "pay.v1.Payments": payments() },
    }),
    "risk-engine": await createServer({
      proto: protoPath("risk"),
      services: { "risk.v1.Assessments": assessments },
    }),
  };
}

function protoPath(name: string): string {
  return fileURLToPath(new URL(name, protos));
}
