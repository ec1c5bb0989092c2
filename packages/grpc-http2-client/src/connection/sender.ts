import type { Socket } from "node:net";
import type { RequestHeads } from "../call/request-head.ts";
import { FrameWriter, writeFrameHeader } from "../frame/frame-writer.ts";
import {
  DEFAULT_WINDOW_BYTES,
  Flag,
  FRAME_HEADER_BYTES,
  FrameType,
  MAX_31_BITS,
} from "../frame/protocol.ts";
import type { CallStream } from "../stream/call-stream.ts";
import { MESSAGE_PREFIX_BYTES, type OutgoingMessage } from "../stream/send-queue.ts";
import type { StreamHost } from "../stream/stream-host.ts";
import type { PeerSettings } from "./peer-settings.ts";

// What one write takes at most, so that a large upload does not hold up the others.
const maxWriteBytes = 262_144;
// What one call may add to it before the next has its turn.
const maxTurnBytes = 65_536;
// So many calls that left are not worth a look at the queues.
const fewGone = 64;

/** What the sender asks of its connection. */
export interface SenderOwner extends StreamHost<CallStream> {
  /** The id of the next stream. */
  readonly nextId: number;
  /** The stream's HEADERS are written: it has that id from now on. */
  onOpened(stream: CallStream): void;
  /** The peer takes no header list of this size. */
  onHeadTooLarge(stream: CallStream): void;
}

/** The way out of a connection: frames of one turn of the event loop go in one write, within the peer's windows. */
export class Sender {
  readonly out: FrameWriter = new FrameWriter();
  socket: Socket | undefined;
  /** The peer has said what it takes; before, no call is sent. */
  isOpen = false;
  isScheduled = false;
  private readonly owner: SenderOwner;
  private readonly peer: PeerSettings;
  private readonly heads: RequestHeads;
  private window: number = DEFAULT_WINDOW_BYTES;
  private queue: CallStream[] = [];
  /** Calls that wait for the connection's window. */
  private blocked: CallStream[] = [];
  private accepted: OutgoingMessage[] = [];
  private isCongested = false;
  /** Calls that left while they were queued or blocked. */
  private gone = 0;

  constructor(owner: SenderOwner, peer: PeerSettings, heads: RequestHeads) {
    this.owner = owner;
    this.peer = peer;
    this.heads = heads;
  }

  /** The call has something to send. */
  touch(stream: CallStream): void {
    if (!stream.isQueued) {
      stream.isQueued = true;
      this.queue.push(stream);
    }
    this.schedule();
  }

  /** The call has left. Where the peer takes nothing, those that left must not pile up. */
  drop(stream: CallStream): void {
    if (!stream.isQueued) return;
    this.gone += 1;
    if (this.gone < fewGone || this.gone * 2 < this.queue.length + this.blocked.length) return;
    this.gone = 0;
    const isHere = ({ host }: CallStream) => host === this.owner;
    this.queue = this.queue.filter(isHere);
    this.blocked = this.blocked.filter(isHere);
  }

  /** Sends in this turn of the event loop what was written to {@link out}. */
  schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(this.flush);
  }

  /** The peer takes more; false where its window leaves its range. */
  enlarge(bytes: number): boolean {
    this.window += bytes;
    if (this.window > MAX_31_BITS) return false;
    if (this.blocked.length > 0) {
      const { blocked } = this;
      this.blocked = [];
      for (const stream of blocked) {
        if (stream.host !== this.owner) continue;
        stream.isQueued = false;
        this.touch(stream);
      }
    }
    return true;
  }

  /** After the socket took what it had. */
  onDrain(): void {
    this.isCongested = false;
    this.flush();
  }

  /** Calls that were not opened; they are no longer here. */
  takeUnopened(): CallStream[] {
    const unopened = this.queue.filter(({ id, host }) => id === 0 && host === this.owner);
    this.queue = this.queue.filter(({ id }) => id !== 0);
    for (const stream of unopened) stream.isQueued = false;
    return unopened;
  }

  close(): void {
    this.isOpen = false;
    this.socket = undefined;
    this.out.clear();
    this.queue = [];
    this.blocked = [];
    this.accepted = [];
  }

  readonly flush = (): void => {
    this.isScheduled = false;
    const { socket } = this;
    if (socket === undefined || this.isCongested) return;
    if (this.isOpen) this.serve();
    if (this.out.size > 0) this.out.flush(socket);
    if (socket.writableNeedDrain && socket.writableLength > 0) this.isCongested = true;
    else {
      if (this.queue.length > 0 && this.isOpen) this.schedule();
      if (this.accepted.length > 0) this.tellAccepted();
    }
  };

  private serve(): void {
    const { queue } = this;
    let at = 0;
    // Those that are not done come again at the end.
    for (; at < queue.length && this.out.size < maxWriteBytes; at += 1) {
      const stream = queue[at] as CallStream;
      if (stream.host !== this.owner) continue;
      stream.isQueued = false;
      this.serveStream(stream);
    }
    if (at === queue.length) queue.length = 0;
    else queue.splice(0, at);
  }

  private serveStream(stream: CallStream): void {
    if (stream.id === 0 && !this.sendHead(stream)) return;
    const { request } = stream;
    const { maxFrameBytes } = this.peer;
    let turn = maxTurnBytes;
    while (request.current !== undefined) {
      const message = request.current;
      const left = message.bytes.length + MESSAGE_PREFIX_BYTES - request.sent;
      const room = Math.min(stream.sendWindow, this.window, maxFrameBytes);
      if (room <= 0) {
        // A window of its own wakes the call by itself.
        if (stream.sendWindow > 0) {
          this.blocked.push(stream);
          stream.isQueued = true;
        }
        return;
      }
      if (turn <= 0) {
        this.touch(stream);
        return;
      }
      const count = Math.min(left, room);
      this.sendData(stream, message, count, count === left);
      turn -= count;
    }
    if (request.isEnded && !request.sentEnd) {
      request.sentEnd = true;
      this.out.frame(0, FrameType.DATA, Flag.END_STREAM, stream.id);
    }
  }

  private sendHead(stream: CallStream): boolean {
    const { request } = stream;
    const isAlone = request.isEnded && request.current === undefined;
    const size = this.heads.write(
      this.out,
      stream.call,
      stream.fields,
      this.owner.nextId,
      isAlone ? Flag.END_STREAM : 0,
      this.peer,
    );
    if (size > this.peer.maxHeaderListBytes) {
      this.owner.onHeadTooLarge(stream);
      return false;
    }
    this.owner.onOpened(stream);
    request.sentEnd = isAlone;
    return true;
  }

  private sendData(
    stream: CallStream,
    message: OutgoingMessage,
    count: number,
    isWhole: boolean,
  ): void {
    const { request, id } = stream;
    const { bytes } = message;
    const isEnd = isWhole && request.isEnded && message.next === undefined;
    const { out } = this;
    let at = out.reserve(FRAME_HEADER_BYTES + count);
    writeFrameHeader(out.bytes, at, count, FrameType.DATA, isEnd ? Flag.END_STREAM : 0, id);
    at += FRAME_HEADER_BYTES;
    const end = at + count;
    let from = request.sent - MESSAGE_PREFIX_BYTES;
    for (; from < 0 && at < end; from += 1) {
      out.bytes[at++] = from === -5 ? 0 : (bytes.length >>> (-8 * (from + 1))) & 0xff;
    }
    if (at < end) {
      const part =
        from === 0 && end - at === bytes.length ? bytes : bytes.subarray(from, from + end - at);
      out.bytes.set(part, at);
    }
    stream.sendWindow -= count;
    this.window -= count;
    if (isEnd) request.sentEnd = true;
    const done = request.advance(count);
    if (done?.onAccepted !== undefined) this.accepted.push(done);
  }

  private tellAccepted(): void {
    const { accepted } = this;
    this.accepted = [];
    for (const message of accepted) message.onAccepted?.();
  }
}
