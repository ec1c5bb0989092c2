import { Readable, type Writable } from "node:stream";
import type { ServerReadableStream, ServerWritableStream } from "@grpc/grpc-js";
import { throwingHandlers } from "fastify-grpc-errors";
import { coverNotFound, invalidField } from "./library-errors.ts";
import type { CoverImage, LibraryStore } from "./library-store.ts";
import { bookNamed } from "./shelf-books.ts";

interface UploadCoverRequest {
  book: string;
  image: CoverImage | null;
}

const MAX_BYTES = 5 * 1024 * 1024;
const PART_BYTES = 64 * 1024;
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
      // As fast as the client takes them.
      Readable.from(partsOf(cover)).pipe(call as unknown as Writable);
    },
  });
}

function* partsOf({ contentType, data }: CoverImage): Generator<CoverImage, void> {
  for (let at = 0; at < data.length; at += PART_BYTES) {
    yield { contentType, data: data.subarray(at, at + PART_BYTES) };
  }
}
