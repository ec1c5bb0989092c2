import type { TransportCall } from "grpc-transcoding";
import { type FrameWriter, writeFrameHeader } from "../frame/frame-writer.ts";
import { Flag, FRAME_HEADER_BYTES, FrameType } from "../frame/protocol.ts";
import { EMPTY_TABLE_UPDATE } from "../hpack/encode-headers.ts";
import type { HeaderList } from "../hpack/header-list.ts";
import { HeaderTemplate } from "../hpack/header-template.ts";
import { formatTimeout } from "./grpc-timeout.ts";

// Paths of native calls are the client's choice.
const maxTemplates = 4_096;

/** What the peer said of header blocks. */
export interface HeadLimits {
  readonly maxFrameBytes: number;
  readonly maxHeaderListBytes: number;
  /** It made its header table smaller: the next block must say that we use none (RFC 7541 section 4.2). */
  owesTableUpdate: boolean;
}

/** The request headers of calls to one target: what a method's calls have in common is encoded once. */
export class RequestHeads {
  private readonly common: HeaderList;
  private readonly userAgent: string;
  private templates = new Map<string, HeaderTemplate>();

  constructor(scheme: "http" | "https", authority: string, userAgent: string) {
    this.common = [":method", "POST", ":scheme", scheme, ":authority", authority];
    this.userAgent = userAgent;
  }

  /**
   * Writes HEADERS of a call, and CONTINUATION where they are larger than a frame. Returns the block's size; nothing
   * is written where that is over the peer's limit of a list.
   */
  write(
    out: FrameWriter,
    { method, deadline }: TransportCall,
    fields: HeaderList,
    id: number,
    endStream: number,
    peer: HeadLimits,
  ): number {
    const { maxFrameBytes, owesTableUpdate } = peer;
    const template = this.templateOf(method.path);
    const extra = withTimeout(deadline.at, fields);
    const updateBytes = owesTableUpdate ? 1 : 0;
    const at = out.reserve(FRAME_HEADER_BYTES + updateBytes + template.maxBytes(extra));
    const start = at + FRAME_HEADER_BYTES;
    if (owesTableUpdate) out.bytes[start] = EMPTY_TABLE_UPDATE;
    const end = template.writeTo(out.bytes, start + updateBytes, extra);
    const size = end - start;
    if (size > peer.maxHeaderListBytes) {
      out.trim(at);
      return size;
    }
    peer.owesTableUpdate = false;
    if (size <= maxFrameBytes) {
      const flags = Flag.END_HEADERS | endStream;
      writeFrameHeader(out.bytes, at, size, FrameType.HEADERS, flags, id);
      out.trim(end);
    } else {
      const block = Buffer.from(out.bytes.subarray(start, end));
      out.trim(at);
      writeInFrames(out, block, id, endStream, maxFrameBytes);
    }
    return size;
  }

  private templateOf(path: string): HeaderTemplate {
    const found = this.templates.get(path);
    if (found !== undefined) return found;
    if (this.templates.size >= maxTemplates) this.templates = new Map();
    const template = new HeaderTemplate([
      ...this.common,
      ":path",
      path,
      "te",
      "trailers",
      "content-type",
      "application/grpc",
      "user-agent",
      this.userAgent,
      "grpc-accept-encoding",
      "identity,gzip",
    ]);
    this.templates.set(path, template);
    return template;
  }
}

function withTimeout(deadline: number, fields: HeaderList): HeaderList {
  if (deadline === Number.POSITIVE_INFINITY) return fields;
  const timeout = formatTimeout(deadline - Date.now());
  return fields.length === 0 ? ["grpc-timeout", timeout] : ["grpc-timeout", timeout, ...fields];
}

function writeInFrames(
  out: FrameWriter,
  block: Buffer,
  id: number,
  endStream: number,
  maxFrameBytes: number,
): void {
  for (let from = 0; from < block.length; from += maxFrameBytes) {
    const part = block.subarray(from, from + maxFrameBytes);
    const isLast = from + part.length === block.length;
    const type = from === 0 ? FrameType.HEADERS : FrameType.CONTINUATION;
    const flags = (isLast ? Flag.END_HEADERS : 0) | (from === 0 ? endStream : 0);
    out.bytes.set(part, out.frame(part.length, type, flags, id));
  }
}
