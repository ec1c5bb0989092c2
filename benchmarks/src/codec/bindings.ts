import {
  compileTranscoder,
  createJsonCodec,
  loadSchema,
  type MethodTranscoder,
} from "grpc-transcoding";
import type { Contender } from "./measure.ts";

/** One request of the benchmark: which method, what its path and query gave, and its body. */
interface Request {
  readonly name: string;
  readonly method: string;
  readonly captures: readonly string[];
  readonly query?: string;
  readonly body?: unknown;
}

/** Requests that give one message, or one with a mask besides; the one with all of it in its body first. */
export interface RequestGroup {
  readonly name: string;
  readonly contenders: readonly Contender[];
}

const parent = "shelves/18";
const name = "shelves/18/books/7243";

function book(authors: number): object {
  return {
    title: "A tale of two cities",
    tags: ["a", "bb", "ccc"],
    pages: "350",
    labels: { shelf: "x", row: "y" },
    read: true,
    price: 12.5,
    authors: Array.from({ length: authors }, (_, i) => ({
      given: `Charles ${i}`,
      family: "Dickens",
      born: 1812 + i,
    })),
  };
}

function bodyRequests(authors: number): Request[][] {
  const given = book(authors);
  const named = { name, ...given };
  return [
    [
      { name: "whole body", method: "CreateWhole", captures: [], body: { parent, book: given } },
      { name: "path, *", method: "CreateAll", captures: [parent], body: { book: given } },
      { name: "path, book", method: "CreateBook", captures: [parent], body: given },
      {
        name: "path, book, query",
        method: "CreateBook",
        captures: [parent],
        query: "book_id=7243",
        body: given,
      },
    ],
    [
      { name: "whole body", method: "UpdateWhole", captures: [], body: { book: named } },
      { name: "PUT book.name, book", method: "ReplaceBook", captures: [name], body: given },
      { name: "the same, name in the body", method: "ReplaceBook", captures: [name], body: named },
      { name: "PATCH, mask inferred", method: "UpdateBook", captures: [name], body: given },
      { name: "the same, name in the body", method: "UpdateBook", captures: [name], body: named },
      {
        name: "whole body, mask given",
        method: "UpdateWhole",
        captures: [],
        body: { book: named, updateMask: Object.keys(given).sort().join() },
      },
    ],
  ];
}

const query = "page_size=50&page_token=CAISBmFiY2RlZg";
const gets: Request[] = [
  { name: "path", method: "GetBook", captures: [name] },
  { name: "path, query", method: "ListBooks", captures: [parent], query },
  {
    name: "path, query, timestamp",
    method: "ListBooks",
    captures: [parent],
    query: `${query}&since=2024-05-06T07:08:09Z`,
  },
];

/** The requests of AIP-131 to AIP-134, small and of about 22 KB. */
export async function requestGroups(): Promise<RequestGroup[]> {
  const schema = await loadSchema({ proto: new URL("./library.proto", import.meta.url).pathname });
  const codec = createJsonCodec(schema.registry, {
    naming: "json",
    emit: "implicit",
    enums: "name",
    unknownFields: "reject",
  });
  const transcoders = new Map<string, MethodTranscoder>();
  for (const { name, bindings } of schema.services.flatMap(({ methods }) => methods)) {
    const [binding] = bindings;
    if (binding !== undefined) transcoders.set(name, compileTranscoder(binding, { codec }));
  }
  const group = (title: string, requests: readonly Request[]): RequestGroup => ({
    name: title,
    contenders: requests.map((request) => ({
      name: request.name,
      run: decoder(transcoders.get(request.method) as MethodTranscoder, request),
    })),
  });
  const [createSmall = [], updateSmall = []] = bodyRequests(3);
  const [createLarge = [], updateLarge = []] = bodyRequests(400);
  return [
    group("Create, 330 B", createSmall),
    group("Update, 330 B", updateSmall),
    group("Create, 22 KB", createLarge),
    group("Update, 22 KB", updateLarge),
    group("Get and List", gets),
  ];
}

function decoder(transcoder: MethodTranscoder, request: Request): Contender["run"] {
  const { captures, query = "", body } = request;
  const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body));
  return () => transcoder.decodeRequest(captures, query, bytes, "application/json");
}
