import { Code, transportStatus } from "grpc-transcoding";
import { malformedAnswer } from "grpc-transcoding/internal";
import { endByReset } from "../call/reset-status.ts";
import type { ResponseHead } from "../call/response-head.ts";
import { ConnectionError } from "../frame/connection-error.ts";
import { ErrorCode, Flag, FrameType, MAX_31_BITS } from "../frame/protocol.ts";
import type { CallStream } from "../stream/call-stream.ts";
import type { PeerSettings } from "./peer-settings.ts";
import type { ReceiverOwner } from "./receiver.ts";
import type { ResetQueue } from "./reset-queue.ts";
import type { Sender } from "./sender.ts";
import type { StreamTable } from "./stream-table.ts";

/** What becomes of a whole connection by what its peer sends. */
export interface PeerEventsOwner {
  readonly nextId: number;
  onFirstSettings(): void;
  /** There may be room for more calls. */
  onRoom(): void;
  onPong(): void;
  onGoaway(lastId: number, errorCode: number, debug: string): void;
  /** Gives a call that the peer has not worked on to another connection; false where it cannot move. */
  displace(stream: CallStream): boolean;
  /** One call less. */
  release(): void;
}

/** The parts of a connection that frames change. */
export interface ConnectionParts {
  readonly streams: StreamTable;
  readonly sender: Sender;
  readonly peer: PeerSettings;
  readonly resets: ResetQueue;
}

/** Carries out what the frames of a peer ask for (RFC 9113 section 6). */
export class PeerEvents implements ReceiverOwner {
  private readonly owner: PeerEventsOwner;
  private readonly streams: StreamTable;
  private readonly sender: Sender;
  private readonly peer: PeerSettings;
  private readonly resets: ResetQueue;
  private hasSettings = false;

  constructor(owner: PeerEventsOwner, { streams, sender, peer, resets }: ConnectionParts) {
    this.owner = owner;
    this.streams = streams;
    this.sender = sender;
    this.peer = peer;
    this.resets = resets;
  }

  streamOf(id: number): CallStream | undefined {
    const stream = this.streams.get(id);
    if (stream === undefined && (id % 2 === 0 || id >= this.owner.nextId)) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, `a frame of the idle stream ${id}`);
    }
    return stream;
  }

  onHead(stream: CallStream, head: ResponseHead | undefined, isLast: boolean): void {
    if (head === undefined) stream.breakOff(tooManyHeaders);
    else stream.onHead(head, isLast);
  }

  onEnd(stream: CallStream): void {
    stream.onBareEnd();
  }

  onOverrun(stream: CallStream): void {
    stream.breakOff(malformedAnswer, "upstream", ErrorCode.FLOW_CONTROL_ERROR);
  }

  onReset(id: number, errorCode: number): void {
    const stream = this.streamOf(id);
    if (stream === undefined) {
      this.resets.delete(id);
      return;
    }
    this.streams.delete(stream);
    const mayMove = errorCode === ErrorCode.REFUSED_STREAM && stream.moves === 0;
    if (!mayMove || !this.owner.displace(stream)) {
      const { status, origin } = endByReset(errorCode, stream.call.deadline);
      stream.onReset(status, origin, `the server reset the call with HTTP/2 error ${errorCode}`);
    }
    this.owner.release();
  }

  onSettings(bytes: Buffer, start: number, end: number): void {
    const before = this.peer.initialWindowBytes;
    this.peer.apply(bytes, start, end);
    const change = this.peer.initialWindowBytes - before;
    if (change !== 0) this.resizeWindows(change);
    this.sender.out.frame(0, FrameType.SETTINGS, Flag.ACK, 0);
    this.sender.schedule();
    if (this.hasSettings) this.owner.onRoom();
    else {
      this.hasSettings = true;
      this.owner.onFirstSettings();
    }
  }

  onPing(isAck: boolean, bytes: Buffer, start: number): void {
    if (isAck) {
      this.owner.onPong();
      return;
    }
    const at = this.sender.out.frame(8, FrameType.PING, Flag.ACK, 0);
    bytes.copy(this.sender.out.bytes, at, start, start + 8);
    this.sender.schedule();
  }

  onGoaway(lastId: number, errorCode: number, debug: string): void {
    this.owner.onGoaway(lastId, errorCode, debug);
  }

  onWindowUpdate(id: number, increment: number): void {
    if (id === 0) {
      if (increment > 0 && this.sender.enlarge(increment)) return;
      throw new ConnectionError(
        increment > 0 ? ErrorCode.FLOW_CONTROL_ERROR : ErrorCode.PROTOCOL_ERROR,
        `a window update of ${increment}`,
      );
    }
    const stream = this.streamOf(id);
    if (stream === undefined) return;
    stream.sendWindow += increment;
    if (increment === 0 || stream.sendWindow > MAX_31_BITS) {
      stream.breakOff(malformedAnswer, "upstream", ErrorCode.FLOW_CONTROL_ERROR);
    } else if (stream.request.current !== undefined) this.sender.touch(stream);
  }

  grantAll(bytes: number): void {
    this.sender.out.shortFrame(FrameType.WINDOW_UPDATE, 0, bytes);
    this.sender.schedule();
  }

  private resizeWindows(change: number): void {
    for (const stream of this.streams.all()) {
      stream.sendWindow += change;
      if (stream.sendWindow > MAX_31_BITS) {
        throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "a window beyond its range");
      }
      if (stream.request.current !== undefined) this.sender.touch(stream);
    }
  }
}

const tooManyHeaders = transportStatus(
  Code.INTERNAL,
  "the upstream's answer has more headers than the limit",
);
