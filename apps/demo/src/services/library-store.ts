import { EventEmitter } from "node:events";

/** A google.protobuf.Timestamp as proto-loader hands it over with `longs: String`. */
export interface Timestamp {
  seconds: string;
  nanos: number;
}

/** library.v1.Shelf as proto-loader shapes it. */
export interface Shelf {
  name: string;
  theme: string;
  createTime: Timestamp | null;
}

/** library.v1.Book as proto-loader shapes it; enums are names, int64 a string. */
export interface Book {
  name: string;
  title: string;
  authors: string[];
  state: string;
  labels: Record<string, string>;
  print?: { binding: string; pages: number } | null;
  audio?: { length: { seconds: string; nanos: number } | null; narrator: string } | null;
  isbn?: string | null;
  copiesSold: string;
  createTime: Timestamp | null;
  updateTime: Timestamp | null;
}

/** library.v1.ShelfEvent as proto-loader shapes it. */
export interface ShelfEvent {
  sequence: number;
  kind: "CREATED" | "UPDATED" | "DELETED" | "LENT";
  book: Book;
  eventTime: Timestamp;
}

/** The image on a book's cover. */
export interface CoverImage {
  readonly contentType: string;
  readonly data: Buffer;
}

/** The time now as a Timestamp. */
export function now(): Timestamp {
  const ms = Date.now();
  return { seconds: String(Math.floor(ms / 1000)), nanos: (ms % 1000) * 1_000_000 };
}

/** The shelf that a book's name begins with. */
function shelfOf(bookName: string): string {
  return bookName.split("/").slice(0, 2).join("/");
}

/** The library's state, in memory: gone when the process ends. Every change is kept as an event of its shelf. */
export class LibraryStore {
  readonly shelves: Map<string, Shelf> = new Map();
  readonly books: Map<string, Book> = new Map();
  /** By the names of their books. */
  readonly covers: Map<string, CoverImage> = new Map();
  readonly #events = new Map<string, ShelfEvent[]>();
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #nextId = 1;

  constructor() {
    this.addShelf("Fiction", "fiction");
    this.addShelf("Science", "science");
    this.putBook("CREATED", {
      name: "shelves/fiction/books/moby-dick",
      title: "Moby-Dick; or, The Whale",
      authors: ["Herman Melville"],
      state: "AVAILABLE",
      labels: { genre: "novel" },
      print: { binding: "HARDCOVER", pages: 635 },
      isbn: "9780142437247",
      copiesSold: "3200000",
      createTime: now(),
      updateTime: now(),
    });
    this.putBook("CREATED", {
      name: "shelves/science/books/origin-of-species",
      title: "On the Origin of Species",
      authors: ["Charles Darwin"],
      state: "LENT",
      labels: {},
      audio: { length: { seconds: "86400", nanos: 0 }, narrator: "Richard Dawkins" },
      copiesSold: "0",
      createTime: now(),
      updateTime: now(),
    });
  }

  /** An ID that no shelf or book has yet. */
  newId(): string {
    return `n${this.#nextId++}`;
  }

  addShelf(theme: string, id: string = this.newId()): Shelf {
    const shelf = { name: `shelves/${id}`, theme, createTime: now() };
    this.shelves.set(shelf.name, shelf);
    return shelf;
  }

  /** Stores the book and tells those who watch its shelf. */
  putBook(kind: ShelfEvent["kind"], book: Book): Book {
    this.books.set(book.name, book);
    this.#record(kind, book);
    return book;
  }

  removeBook(book: Book): void {
    this.books.delete(book.name);
    this.covers.delete(book.name);
    this.#record("DELETED", book);
  }

  /** The shelf's events behind one of a sequence number; of old ones the newest thousand are kept. */
  eventsAfter(shelf: string, sequence: number): readonly ShelfEvent[] {
    return (this.#events.get(shelf) ?? []).filter((event) => event.sequence > sequence);
  }

  /** Calls back after each further event of the shelf, until the returned function is called. */
  watch(shelf: string, listener: () => void): () => void {
    this.#changes.on(shelf, listener);
    return () => this.#changes.off(shelf, listener);
  }

  #record(kind: ShelfEvent["kind"], book: Book): void {
    const shelf = shelfOf(book.name);
    const events = this.#events.get(shelf) ?? [];
    const sequence = (events.at(-1)?.sequence ?? 0) + 1;
    events.push({ sequence, kind, book: { ...book }, eventTime: now() });
    this.#events.set(shelf, events.slice(-1000));
    this.#changes.emit(shelf);
  }
}
