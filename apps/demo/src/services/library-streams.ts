import type { ServerReadableStream, ServerWritableStream } from "@grpc/grpc-js";
import { throwingHandlers } from "fastify-grpc-errors";
import type { LibraryStore, ShelfEvent } from "./library-store.ts";
import { type CreateBookRequest, createBook, shelfNamed } from "./shelf-books.ts";

/** library.v1.WatchShelfRequest as proto-loader shapes it. */
interface WatchShelfRequest {
  name: string;
  maxEvents: number;
  afterSequence: string;
}

/** The handlers of `library.v1.LibraryService` that take or answer a stream of books. */
export function libraryStreams(store: LibraryStore): ReturnType<typeof throwingHandlers> {
  return throwingHandlers({
    async BulkCreateBooks(call: ServerReadableStream<CreateBookRequest, unknown>) {
      let created = 0;
      // The next one is asked for when this one stands on its shelf.
      for await (const request of call) {
        createBook(store, request);
        created += 1;
      }
      return { created };
    },

    WatchShelf(call: ServerWritableStream<WatchShelfRequest, ShelfEvent>) {
      const { name, maxEvents, afterSequence } = call.request;
      shelfNamed(store, name);
      const limit = maxEvents > 0 ? maxEvents : Number.POSITIVE_INFINITY;
      let sent = 0;
      let last = Number(afterSequence);
      // Sends what the client takes and no more: events wait in the store, not in the stream.
      const send = (): void => {
        for (const event of store.eventsAfter(name, last)) {
          sent += 1;
          last = event.sequence;
          const takesMore = call.write(event);
          if (sent === limit) {
            stop();
            call.end();
            return;
          }
          if (!takesMore) return;
        }
      };
      const stop = store.watch(name, send);
      call.on("drain", send);
      call.on("cancelled", stop);
      send();
    },
  });
}
