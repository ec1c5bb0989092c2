import { type ResponseHead, readResponseHead } from "../call/response-head.ts";
import { ConnectionError } from "../frame/connection-error.ts";
import { type FrameHandler, idOf } from "../frame/frame-reader.ts";
import { DEFAULT_WINDOW_BYTES, ErrorCode, Flag, FrameType } from "../frame/protocol.ts";
import { HpackDecoder } from "../hpack/hpack-decoder.ts";
import { HpackError } from "../hpack/hpack-error.ts";
import type { CallStream } from "../stream/call-stream.ts";
import { HeaderBlock } from "./header-block.ts";
import { TokenBucket } from "./token-bucket.ts";

/** SETTINGS_MAX_HEADER_LIST_SIZE that we announce. */
export const MAX_HEADER_LIST_BYTES = 65_536;
const maxHeaderFields = 512;

/** What the connection grants the peer; given back as it comes, so that a slow reader holds up nobody else. */
export const CONNECTION_WINDOW_BYTES: number = 4 * 1024 * 1024;

/** What a connection does with what was received. */
export interface ReceiverOwner {
  /** The open stream; undefined for one that is closed. Throws for one that never was. */
  streamOf(id: number): CallStream | undefined;
  onHead(stream: CallStream, head: ResponseHead | undefined, isLast: boolean): void;
  onEnd(stream: CallStream): void;
  /** The peer sent more than it was granted. */
  onOverrun(stream: CallStream): void;
  onReset(id: number, errorCode: number): void;
  onSettings(bytes: Buffer, start: number, end: number): void;
  onPing(isAck: boolean, bytes: Buffer, start: number): void;
  onGoaway(lastId: number, errorCode: number, debug: string): void;
  onWindowUpdate(id: number, increment: number): void;
  /** Grants as much on the connection's window. */
  grantAll(bytes: number): void;
}

/** The way in of a connection: what frames mean, with bounds on all that a peer could send without end. */
export class Receiver implements FrameHandler {
  private readonly owner: ReceiverOwner;
  private readonly decoder = new HpackDecoder({
    maxTableBytes: 0,
    maxListBytes: MAX_HEADER_LIST_BYTES,
    maxEntries: maxHeaderFields,
  });
  private readonly block = new HeaderBlock();
  /** Frames that bring no call on. Those that do pay for some. */
  private readonly idleFrames = new TokenBucket(1_000, 100);
  /** DATA that peers may have on its way to calls which were given up. */
  private lateBytes = 0;
  private stream: CallStream | undefined;
  private dataFlags = 0;
  private window: number = Math.max(CONNECTION_WINDOW_BYTES, DEFAULT_WINDOW_BYTES);

  constructor(owner: ReceiverOwner) {
    this.owner = owner;
  }

  /** Something was sent, which the peer may have to answer. */
  onSent(): void {
    this.idleFrames.give(10);
  }

  /** The call was given up: what its window allows may still come. */
  onAbandoned({ receiveWindow }: CallStream): void {
    if (receiveWindow > 0) this.lateBytes += receiveWindow;
  }

  onDataStart(streamId: number, flags: number, length: number): void {
    this.window -= length;
    if (this.window < 0) {
      throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "more data than was granted");
    }
    if (this.window < CONNECTION_WINDOW_BYTES / 2) {
      this.owner.grantAll(CONNECTION_WINDOW_BYTES - this.window);
      this.window = CONNECTION_WINDOW_BYTES;
    }
    const stream = this.owner.streamOf(streamId);
    this.stream = stream;
    this.dataFlags = flags;
    const isLate = stream === undefined && length <= this.lateBytes;
    if (isLate) this.lateBytes -= length;
    const isEmpty = length === 0 && (isLate || (flags & Flag.END_STREAM) === 0);
    if (isEmpty || (stream === undefined && !isLate)) this.charge();
    if (stream === undefined) return;
    stream.receiveWindow -= length;
    if (stream.receiveWindow < 0) {
      this.stream = undefined;
      this.owner.onOverrun(stream);
    }
  }

  onData(bytes: Buffer, start: number, end: number): void {
    if (this.stream === undefined) return;
    this.idleFrames.give(1);
    this.stream.onData(bytes, start, end);
  }

  onDataEnd(): void {
    const { stream } = this;
    if (stream === undefined) return;
    this.stream = undefined;
    if ((this.dataFlags & Flag.END_STREAM) !== 0) this.owner.onEnd(stream);
    else stream.settle();
  }

  onFrame(
    type: number,
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    if (type === FrameType.HEADERS) this.onHeaders(flags, streamId, bytes, start, end);
    else if (type === FrameType.WINDOW_UPDATE) {
      this.owner.onWindowUpdate(streamId, idOf(bytes, start));
    } else if (type === FrameType.CONTINUATION) {
      this.onContinuation(flags, streamId, bytes, start, end);
    } else if (type === FrameType.DATA) this.onPaddedData(flags, streamId, bytes, start, end);
    else {
      this.charge();
      this.onControl(type, flags, streamId, bytes, start, end);
    }
  }

  private onControl(
    type: number,
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const isAck = (flags & Flag.ACK) !== 0;
    if (type === FrameType.RST_STREAM) this.owner.onReset(streamId, bytes.readUInt32BE(start));
    else if (type === FrameType.SETTINGS) {
      if (isAck) this.decoder.settingsAcknowledged();
      else this.owner.onSettings(bytes, start, end);
    } else if (type === FrameType.PING) this.owner.onPing(isAck, bytes, start);
    else if (type === FrameType.GOAWAY) {
      const debug = bytes.toString("latin1", start + 8, Math.min(end, start + 200));
      this.owner.onGoaway(idOf(bytes, start), bytes.readUInt32BE(start + 4), debug);
    }
    // PRIORITY, and what nobody knows, is to be ignored.
  }

  private charge(): void {
    if (this.idleFrames.take()) return;
    throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, "a flood of frames");
  }

  private onPaddedData(
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const padding = paddingOf(bytes, start, end);
    this.onDataStart(streamId, flags, end - start);
    this.stream?.onPadding(padding + 1);
    if (start + 1 < end - padding) this.onData(bytes, start + 1, end - padding);
    else this.charge();
    this.onDataEnd();
  }

  private onHeaders(
    flags: number,
    streamId: number,
    bytes: Buffer,
    from: number,
    to: number,
  ): void {
    let start = from;
    let end = to;
    if ((flags & Flag.PADDED) !== 0) {
      end -= paddingOf(bytes, start, end);
      start += 1;
    }
    if ((flags & Flag.PRIORITY) !== 0) start += 5;
    if (start > end) throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "HEADERS too short");
    const endsStream = (flags & Flag.END_STREAM) !== 0;
    if ((flags & Flag.END_HEADERS) !== 0) {
      this.onBlock(streamId, endsStream, bytes, start, end);
      return;
    }
    this.block.streamId = streamId;
    this.block.endsStream = endsStream;
    this.block.add(bytes, start, end);
  }

  private onContinuation(
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const { block } = this;
    if (streamId !== block.streamId) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "CONTINUATION of another stream");
    }
    block.add(bytes, start, end);
    if ((flags & Flag.END_HEADERS) === 0) return;
    const whole = block.take();
    this.onBlock(streamId, block.endsStream, whole, 0, whole.length);
  }

  private onBlock(
    streamId: number,
    endsStream: boolean,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const stream = this.owner.streamOf(streamId);
    // Also for a stream that is closed: the table of the decoder belongs to the connection.
    const list = this.decode(bytes, start, end);
    const head = list && readResponseHead(list);
    if (stream === undefined || isInformational(head)) this.charge();
    if (stream !== undefined) this.owner.onHead(stream, head, endsStream);
  }

  private decode(bytes: Buffer, start: number, end: number): readonly string[] | undefined {
    try {
      return this.decoder.decode(bytes, start, end);
    } catch (error) {
      if (!(error instanceof HpackError)) throw error;
      throw new ConnectionError(ErrorCode.COMPRESSION_ERROR, error.message);
    }
  }
}

/** An answer before the answer, of which there may be any number. */
function isInformational(head: ResponseHead | undefined): boolean {
  return head !== undefined && head.httpStatus > 0 && head.httpStatus < 200;
}

/** How many bytes at the end are padding, by the first byte. */
function paddingOf(bytes: Buffer, start: number, end: number): number {
  const padding = start < end ? (bytes[start] as number) : 0;
  if (start + 1 + padding > end) {
    throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "more padding than payload");
  }
  return padding;
}
