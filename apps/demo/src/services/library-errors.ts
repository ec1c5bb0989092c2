import {
  badRequestDetail,
  Code,
  errorInfoDetail,
  retryInfoDetail,
  StatusError,
} from "grpc-transcoding";
import type { Book } from "./library-store.ts";

// Each error below is declared in proto/library/v1/library.proto, so the document shows it.
const domain = "library.example.com";

/** INVALID_ARGUMENT that names the field. */
export function invalidField(field: string, description: string): StatusError {
  return new StatusError(Code.INVALID_ARGUMENT, `${field}: ${description}`, {
    details: [badRequestDetail([{ field, description }])],
  });
}

export function shelfNotFound(name: string): StatusError {
  return new StatusError(Code.NOT_FOUND, `there is no shelf ${JSON.stringify(name)}`, {
    details: [errorInfoDetail({ reason: "SHELF_NOT_FOUND", domain, metadata: { name } })],
  });
}

export function bookNotFound(name: string): StatusError {
  return new StatusError(Code.NOT_FOUND, `there is no book ${JSON.stringify(name)}`, {
    details: [errorInfoDetail({ reason: "BOOK_NOT_FOUND", domain, metadata: { name } })],
  });
}

export function alreadyExists(name: string): StatusError {
  return new StatusError(Code.ALREADY_EXISTS, `${name} stands on the shelf already`, {
    details: [errorInfoDetail({ reason: "BOOK_ALREADY_EXISTS", domain, metadata: { name } })],
  });
}

export function bookNotAvailable({ name, state }: Book): StatusError {
  return new StatusError(Code.FAILED_PRECONDITION, `${name} is ${state.toLowerCase()}`, {
    details: [errorInfoDetail({ reason: "BOOK_NOT_AVAILABLE", domain, metadata: { name, state } })],
  });
}

export function tooManyBooks(reader: string, limit: number): StatusError {
  return new StatusError(Code.RESOURCE_EXHAUSTED, `${reader} has ${limit} books already`, {
    details: [
      errorInfoDetail({ reason: "TOO_MANY_BOOKS", domain, metadata: { reader } }),
      retryInfoDetail(60_000),
    ],
  });
}

export function coverNotFound(book: string): StatusError {
  return new StatusError(Code.NOT_FOUND, `there is no cover of ${JSON.stringify(book)}`, {
    details: [errorInfoDetail({ reason: "COVER_NOT_FOUND", domain, metadata: { book } })],
  });
}

export function readsTooSlowly(): StatusError {
  return new StatusError(Code.RESOURCE_EXHAUSTED, "too many messages wait for this reader", {
    details: [errorInfoDetail({ reason: "READS_TOO_SLOWLY", domain })],
  });
}
