import { Readable, type Writable } from "node:stream";
import { Metadata, type ServerReadableStream, type ServerWritableStream } from "@grpc/grpc-js";
import { throwingHandlers } from "fastify-grpc-errors";
import { contentDispositionText } from "grpc-transcoding";
import { coverNotFound, invalidField } from "./library-errors.ts";
import type { CoverImage, LibraryStore } from "./library-store.ts";
import { bookNamed } from "./shelf-books.ts";

interface UploadCoverRequest {
  book: string;
  image: CoverImage | null;
}

const MAX_BYTES = 5 * 1024 * 1024;
const MESSAGE_BYTES = 64 * 1024;
/** No SVG: it could bring scripts to the site. */
const IMAGE_TYPE = /^image\/(?:jpeg|png|webp)$/;

/** The handlers of `library.v1.LibraryService` for the covers of books: google.api.HttpBody both ways. */
export function covers(store: LibraryStore): ReturnType<typeof throwingHandlers> {
  return throwingHandlers({
    async UploadCover(call: ServerReadableStream<UploadCoverRequest, unknown>) {
      let book = "";
      let contentType = "";
      let sizeBytes = 0;
      const parts: Buffer[] = [];
      for await (const part of call as AsyncIterable<UploadCoverRequest>) {
        if (book === "") {
          book = bookNamed(store, part.book).name;
          contentType = part.image?.contentType ?? "";
          if (!IMAGE_TYPE.test(contentType))
            throw invalidField("image", "send a JPEG, PNG or WebP");
        }
        const data = part.image?.data ?? Buffer.alloc(0);
        sizeBytes += data.length;
        if (sizeBytes > MAX_BYTES) throw invalidField("image", "send at most 5 MiB");
        parts.push(data);
      }
      if (sizeBytes === 0) throw invalidField("image", "send an image");
      // Taken off its shelf meanwhile?
      bookNamed(store, book);
      store.covers.set(book, { contentType, data: Buffer.concat(parts) });
      return { book, contentType, sizeBytes };
    },

    DownloadCover(call: ServerWritableStream<{ book: string }, CoverImage>) {
      const { book } = call.request;
      const cover = store.covers.get(book);
      if (cover === undefined) throw coverNotFound(book);
      const [, type = ""] = cover.contentType.split("/");
      const filename = `${book.split("/").at(-1)}.${type}`;
      const metadata = new Metadata();
      metadata.set("content-disposition", contentDispositionText({ filename, inline: true }));
      const { start, end } = partAsked(call.metadata, cover.data.length);
      if (end - start < cover.data.length) {
        metadata.set("x-http-code", "206");
        metadata.set("content-range", `bytes ${start}-${end - 1}/${cover.data.length}`);
      }
      call.sendMetadata(metadata);
      // As fast as the client takes them.
      Readable.from(messagesOf({ ...cover, data: cover.data.subarray(start, end) })).pipe(
        call as unknown as Writable,
      );
    },
  });
}

/** The bytes that a client asks for: one part, from a place within the image; otherwise all. */
function partAsked(metadata: Metadata, size: number): { start: number; end: number } {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(String(metadata.get("range")[0])) ?? [];
  const start = Number(from);
  const end = to ? Math.min(Number(to) + 1, size) : size;
  // We tell no version of a cover, so `If-Range` names another one.
  const isOther = metadata.get("if-range").length > 0;
  return from === undefined || isOther || start >= end ? { start: 0, end: size } : { start, end };
}

function* messagesOf({ contentType, data }: CoverImage): Generator<CoverImage, void> {
  for (let at = 0; at < data.length; at += MESSAGE_BYTES) {
    yield { contentType, data: data.subarray(at, at + MESSAGE_BYTES) };
  }
}
