import type { ServerUnaryCall, ServerWritableStream } from "@grpc/grpc-js";
import { throwingHandlers } from "fastify-grpc-errors";
import { applyFieldMask } from "./field-mask.ts";
import {
  alreadyExists,
  bookNotAvailable,
  bookNotFound,
  invalidField,
  shelfNotFound,
  tooManyBooks,
} from "./library-errors.ts";
import { type Book, type LibraryStore, now, type Shelf, type ShelfEvent } from "./library-store.ts";
import { pageOf } from "./page.ts";

interface ListRequest {
  pageSize: number;
  pageToken: string;
}

type Call<Request> = Pick<ServerUnaryCall<Request, unknown>, "request">;

const BOOK_ID = /^[a-z0-9][a-z0-9-]{0,62}$/;
const BOOKS_PER_READER = 2;
const CHANGEABLE = ["title", "authors", "labels", "print", "audio", "isbn", "copies_sold"];

/** The handlers of `library.v1.LibraryService` (proto/library/v1/library.proto) over a store. */
export function libraryService(store: LibraryStore): ReturnType<typeof throwingHandlers> {
  const shelfNamed = (name: string): Shelf => {
    const shelf = store.shelves.get(name);
    if (shelf === undefined) throw shelfNotFound(name);
    return shelf;
  };
  const bookNamed = (name: string): Book => {
    const book = store.books.get(name);
    if (book === undefined) throw bookNotFound(name);
    return book;
  };

  return throwingHandlers({
    CreateShelf({ request: { shelf } }: Call<{ shelf: Shelf | null }>) {
      if (!shelf?.theme) throw invalidField("shelf.theme", "a shelf needs a theme");
      return store.addShelf(shelf.theme);
    },

    ListShelves({ request }: Call<ListRequest>) {
      const { items, nextPageToken } = pageOf([...store.shelves.values()], request);
      return { shelves: items, nextPageToken };
    },

    GetBook: ({ request }: Call<{ name: string }>) => bookNamed(request.name),

    ListBooks({ request }: Call<ListRequest & { parent: string; states: string[] }>) {
      const everywhere = request.parent === "" || request.parent === "shelves/-";
      if (!everywhere) shelfNamed(request.parent);
      const books = [...store.books.values()]
        .filter((book) => everywhere || book.name.startsWith(`${request.parent}/`))
        .filter((book) => request.states.length === 0 || request.states.includes(book.state));
      const { items, nextPageToken } = pageOf(books, request);
      return { books: items, nextPageToken };
    },

    CreateBook({ request }: Call<{ parent: string; bookId: string; book: Book | null }>) {
      shelfNamed(request.parent);
      const { book } = request;
      if (!book?.title) throw invalidField("book.title", "a book needs a title");
      const id = request.bookId || store.newId();
      if (!BOOK_ID.test(id)) {
        throw invalidField("book_id", "use up to 63 lower-case letters, digits and hyphens");
      }
      const name = `${request.parent}/books/${id}`;
      if (store.books.has(name)) throw alreadyExists(name);
      const time = now();
      return store.putBook("CREATED", {
        ...book,
        name,
        state: "AVAILABLE",
        createTime: time,
        updateTime: time,
      });
    },

    UpdateBook({ request }: Call<{ book: Book | null; updateMask: { paths: string[] } | null }>) {
      const { book: change, updateMask } = request;
      if (change === null) throw invalidField("book", "name the book to change");
      const book = bookNamed(change.name);
      const changed = applyFieldMask(book, change, updateMask?.paths ?? [], CHANGEABLE);
      if (!changed.title) throw invalidField("book.title", "a book needs a title");
      // A member of the oneof takes the other's place.
      if (changed.print && changed.audio) delete changed[book.print ? "print" : "audio"];
      changed.updateTime = now();
      return store.putBook("UPDATED", changed);
    },

    DeleteBook({ request }: Call<{ name: string }>) {
      store.removeBook(bookNamed(request.name));
      return {};
    },

    LendBook({ request: { name, reader } }: Call<{ name: string; reader: string }>) {
      if (reader === "") throw invalidField("reader", "tell who takes the book");
      const book = bookNamed(name);
      if (book.state !== "AVAILABLE") throw bookNotAvailable(book);
      const held = [...store.books.values()].filter((other) => other.labels.reader === reader);
      if (held.length >= BOOKS_PER_READER) throw tooManyBooks(reader, BOOKS_PER_READER);
      const labels = { ...book.labels, reader };
      return store.putBook("LENT", { ...book, state: "LENT", labels, updateTime: now() });
    },

    WatchShelf(call: ServerWritableStream<{ name: string; maxEvents: number }, ShelfEvent>) {
      const { name, maxEvents } = call.request;
      shelfNamed(name);
      const limit = maxEvents > 0 ? maxEvents : Number.POSITIVE_INFINITY;
      let sent = 0;
      let last = 0;
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
