import { alreadyExists, bookNotFound, invalidField, shelfNotFound } from "./library-errors.ts";
import { type Book, type LibraryStore, now, type Shelf } from "./library-store.ts";

/** library.v1.CreateBookRequest as proto-loader shapes it. */
export interface CreateBookRequest {
  parent: string;
  bookId: string;
  book: Book | null;
}

const BOOK_ID = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Throws NOT_FOUND for a shelf that is none. */
export function shelfNamed(store: LibraryStore, name: string): Shelf {
  const shelf = store.shelves.get(name);
  if (shelf === undefined) throw shelfNotFound(name);
  return shelf;
}

/** Throws NOT_FOUND for a book that is none. */
export function bookNamed(store: LibraryStore, name: string): Book {
  const book = store.books.get(name);
  if (book === undefined) throw bookNotFound(name);
  return book;
}

/** Puts a new book on its shelf. Throws what the proto declares of `CreateBook`. */
export function createBook(store: LibraryStore, { parent, bookId, book }: CreateBookRequest): Book {
  shelfNamed(store, parent);
  if (!book?.title) throw invalidField("book.title", "a book needs a title");
  const id = bookId || store.newId();
  if (!BOOK_ID.test(id)) {
    throw invalidField("book_id", "use up to 63 lower-case letters, digits and hyphens");
  }
  const name = `${parent}/books/${id}`;
  if (store.books.has(name)) throw alreadyExists(name);
  const time = now();
  return store.putBook("CREATED", {
    ...book,
    name,
    state: "AVAILABLE",
    createTime: time,
    updateTime: time,
  });
}
