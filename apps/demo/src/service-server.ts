import { fileURLToPath } from "node:url";
import type { Server } from "@grpc/grpc-js";
import { createServer } from "fastify-grpc-gateway";
import { chat } from "./services/chat.ts";
import { covers } from "./services/covers.ts";
import { libraryService } from "./services/library.ts";
import { LibraryStore } from "./services/library-store.ts";
import { libraryStreams } from "./services/library-streams.ts";
import { mathCat } from "./services/math-cat.ts";
import { noteService } from "./services/notes.ts";

/** Where the demo's protos are. */
export const protoDir: string = fileURLToPath(new URL("../../../proto", import.meta.url));

/** The demo's gRPC services on a server that is not bound to any port. */
export function createServiceServer(): Promise<Server> {
  const store = new LibraryStore();
  return createServer({
    proto: protoDir,
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
