import {
  type MetadataEntries,
  type MetadataEntry,
  type Status,
  toCode,
  transportStatus,
} from "grpc-transcoding";
import { decodeBase64, isBinaryKey, isLegalKey } from "grpc-transcoding/internal";
import type { HeaderList } from "../hpack/header-list.ts";

/** A block of response headers or trailers, understood. */
export interface ResponseHead {
  /** Breaks RFC 9113 section 8.2 or 8.3. */
  readonly isMalformed: boolean;
  /** `:status`; 0 for trailers. */
  readonly httpStatus: number;
  readonly contentType: string | undefined;
  readonly encoding: string | undefined;
  /** By `grpc-status` and `grpc-message`; undefined where there is none, `"malformed"` where it is no number. */
  readonly status: Status | "malformed" | undefined;
  readonly metadata: MetadataEntries;
}

const known = new WeakMap<HeaderList, ResponseHead>();

/** Understands a block. Lists that the decoder gives more than once are understood once. */
export function readResponseHead(list: HeaderList): ResponseHead {
  const found = known.get(list);
  if (found !== undefined) return found;
  const head = understand(list);
  // Bytes could be changed by who gets them.
  if (head.metadata.every(([, value]) => typeof value === "string")) known.set(list, head);
  return head;
}

function understand(list: HeaderList): ResponseHead {
  let isMalformed = false;
  let httpStatus = 0;
  let contentType: string | undefined;
  let encoding: string | undefined;
  let grpcStatus: string | undefined;
  let message = "";
  const metadata: MetadataEntry[] = [];
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i] as string;
    const value = list[i + 1] as string;
    if (name === ":status") {
      // Pseudo fields stand first, once.
      if (i > 0 || !/^[1-9]\d\d$/.test(value)) isMalformed = true;
      httpStatus = Number(value);
    } else if (!isFieldName(name) || !isFieldValue(value)) isMalformed = true;
    else if (name === "grpc-status") grpcStatus = value;
    else if (name === "grpc-message") message = decodeMessage(value);
    else if (name === "content-type") contentType ??= value;
    else if (name === "grpc-encoding") encoding = value;
    else if (!protocolKeys.has(name) && isLegalKey(name)) addEntry(metadata, name, value);
  }
  const status = grpcStatus === undefined ? undefined : statusOf(grpcStatus, message);
  return { isMalformed, httpStatus, contentType, encoding, status, metadata };
}

function statusOf(text: string, message: string): Status | "malformed" {
  if (!/^\d{1,10}$/.test(text)) return "malformed";
  return transportStatus(toCode(Number(text)), message);
}

function addEntry(metadata: MetadataEntry[], name: string, value: string): void {
  if (!isBinaryKey(name)) {
    metadata.push([name, value]);
    return;
  }
  // Several values of one key may be joined (PROTOCOL-HTTP2.md, Custom-Metadata).
  for (const text of value.split(",")) {
    const bytes = decodeBase64(text.trim());
    if (bytes !== undefined) metadata.push([name, bytes]);
  }
}

/** Percent-encoded UTF-8; what is no such encoding stays as it is. */
function decodeMessage(text: string): string {
  if (!text.includes("%")) return text;
  const bytes = Buffer.from(
    text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ),
    "latin1",
  );
  return bytes.toString();
}

/** RFC 9113 section 8.2.1: lower case, no control characters, no colon. */
function isFieldName(name: string): boolean {
  return /^[\x21-\x39\x3b-\x40\x5b-\x7e]+$/.test(name);
}

function isFieldValue(value: string): boolean {
  return !/[\0\r\n]/.test(value);
}

/** What the protocol itself puts beside metadata (PROTOCOL-HTTP2.md, Responses), and what HTTP/2 must not carry. */
const protocolKeys = new Set([
  "date",
  "grpc-accept-encoding",
  "accept-encoding",
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
  "content-length",
]);
