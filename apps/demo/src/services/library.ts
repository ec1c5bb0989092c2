import type { ServerUnaryCall } from "@grpc/grpc-js";
import { throwingHandlers } from "fastify-grpc-errors";
import { applyFieldMask } from "./field-mask.ts";
import { bookNotAvailable, invalidField, tooManyBooks } from "./library-errors.ts";
import { type Book, type LibraryStore, now, type Shelf } from "./library-store.ts";
import { pageOf } from "./page.ts";
import { bookNamed, type CreateBookRequest, createBook, shelfNamed } from "./shelf-books.ts";

interface ListRequest {
  pageSize: number;
  pageToken: string;
}

type Call<Request> = Pick<ServerUnaryCall<Request, unknown>, "request">;

const BOOKS_PER_READER = 2;
const CHANGEABLE = ["title", "authors", "labels", "print", "audio", "isbn", "copies_sold"];

/** The handlers of `library.v1.LibraryService` (proto/library/v1/library.proto) that answer one request with one response. */
export function libraryService(store: LibraryStore): ReturnType<typeof throwingHandlers> {
  return throwingHandlers({
    CreateShelf({ request: { shelf } }: Call<{ shelf: Shelf | null }>) {
      if (!shelf?.theme) throw invalidField("shelf.theme", "a shelf needs a theme");
      return store.addShelf(shelf.theme);
    },

    ListShelves({ request }: Call<ListRequest>) {
      const { items, nextPageToken } = pageOf([...store.shelves.values()], request);
      return { shelves: items, nextPageToken };
    },

    GetBook: ({ request }: Call<{ name: string }>) => bookNamed(store, request.name),

    ListBooks({ request }: Call<ListRequest & { parent: string; states: string[] }>) {
      const everywhere = request.parent === "" || request.parent === "shelves/-";
      if (!everywhere) shelfNamed(store, request.parent);
      const books = [...store.books.values()]
        .filter((book) => everywhere || book.name.startsWith(`${request.parent}/`))
        .filter((book) => request.states.length === 0 || request.states.includes(book.state));
      const { items, nextPageToken } = pageOf(books, request);
      return { books: items, nextPageToken };
    },

    CreateBook: ({ request }: Call<CreateBookRequest>) => createBook(store, request),

    UpdateBook({ request }: Call<{ book: Book | null; updateMask: { paths: string[] } | null }>) {
      const { book: change, updateMask } = request;
      if (change === null) throw invalidField("book", "name the book to change");
      const book = bookNamed(store, change.name);
      const changed = applyFieldMask(book, change, updateMask?.paths ?? [], CHANGEABLE);
      if (!changed.title) throw invalidField("book.title", "a book needs a title");
      // A member of the oneof takes the other's place.
      if (changed.print && changed.audio) delete changed[book.print ? "print" : "audio"];
      changed.updateTime = now();
      return store.putBook("UPDATED", changed);
    },

    DeleteBook({ request }: Call<{ name: string }>) {
      store.removeBook(bookNamed(store, request.name));
      return {};
    },

    LendBook({ request: { name, reader } }: Call<{ name: string; reader: string }>) {
      if (reader === "") throw invalidField("reader", "tell who takes the book");
      const book = bookNamed(store, name);
      if (book.state !== "AVAILABLE") throw bookNotAvailable(book);
      const held = [...store.books.values()].filter((other) => other.labels.reader === reader);
      if (held.length >= BOOKS_PER_READER) throw tooManyBooks(reader, BOOKS_PER_READER);
      const labels = { ...book.labels, reader };
      return store.putBook("LENT", { ...book, state: "LENT", labels, updateTime: now() });
    },
  });
}
