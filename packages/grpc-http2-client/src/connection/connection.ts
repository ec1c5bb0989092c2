import type { Socket } from "node:net";
import { Code, type Status, transportStatus } from "grpc-transcoding";
import { connectionLost, upstreamRefused } from "grpc-transcoding/internal";
import type { RequestHeads } from "../call/request-head.ts";
import { ConnectionError } from "../frame/connection-error.ts";
import { FrameReader } from "../frame/frame-reader.ts";
import {
  DEFAULT_WINDOW_BYTES,
  ErrorCode,
  Flag,
  FrameType,
  MAX_31_BITS,
} from "../frame/protocol.ts";
import type { CallStream } from "../stream/call-stream.ts";
import type { StreamHost } from "../stream/stream-host.ts";
import { type Address, addressText } from "../target/address.ts";
import { type DialSettings, dial, type SocketSink } from "../target/dial.ts";
import type { ConnectionOwner } from "./connection-owner.ts";
import type { ConnectionSettings } from "./connection-settings.ts";
import { Lifetime, type LifetimeOwner } from "./lifetime.ts";
import { PeerEvents, type PeerEventsOwner } from "./peer-events.ts";
import { PeerSettings } from "./peer-settings.ts";
import { writePreface } from "./preface.ts";
import { CONNECTION_WINDOW_BYTES, Receiver } from "./receiver.ts";
import { ResetQueue } from "./reset-queue.ts";
import { Sender, type SenderOwner } from "./sender.ts";
import { StreamTable } from "./stream-table.ts";

// How often a call moves on from peers that go away before they take it.
const maxMoves = 5;

type State = "opening" | "ready" | "retired" | "closed";

/** One HTTP/2 connection as gRPC needs it (RFC 9113). */
export class Connection
  implements StreamHost<CallStream>, SenderOwner, PeerEventsOwner, SocketSink, LifetimeOwner
{
  nextId = 1;
  liveCalls = 0;
  startedCalls = 0;
  receivedBytes = 0;
  readonly address: Address;
  private state: State = "opening";
  private readonly owner: ConnectionOwner<Connection>;
  private readonly settings: ConnectionSettings;
  private readonly destroySocket: () => void;
  private readonly peer = new PeerSettings();
  private readonly streams = new StreamTable();
  private readonly sender: Sender;
  private readonly receiver: Receiver;
  private readonly reader: FrameReader;
  private readonly resets: ResetQueue;
  private lifetime: Lifetime | undefined;
  private settingsTimer: NodeJS.Timeout | undefined;
  private goawayCode: number = ErrorCode.NO_ERROR;
  private reason = "the connection was closed by the server";

  constructor(
    owner: ConnectionOwner<Connection>,
    address: Address,
    settings: ConnectionSettings,
    how: DialSettings,
    heads: RequestHeads,
  ) {
    this.owner = owner;
    this.address = address;
    this.settings = settings;
    this.sender = new Sender(this, this.peer, heads);
    this.resets = new ResetQueue((id, errorCode) => {
      this.sender.out.shortFrame(FrameType.RST_STREAM, id, errorCode);
      this.sender.schedule();
    });
    const { streams, sender, peer, resets } = this;
    this.receiver = new Receiver(new PeerEvents(this, { streams, sender, peer, resets }));
    this.reader = new FrameReader(this.receiver);
    this.destroySocket = dial(address, how, this);
  }

  /** Whether it takes one more call now. */
  get hasRoom(): boolean {
    return (
      this.state === "ready" &&
      this.liveCalls + this.resets.size < this.peer.maxConcurrentStreams &&
      this.nextId < MAX_31_BITS - 2 * this.liveCalls
    );
  }

  /** Takes a call that has no other host. */
  take(stream: CallStream): void {
    stream.host = this;
    stream.sendWindow = this.peer.initialWindowBytes;
    this.liveCalls += 1;
    this.startedCalls += 1;
    this.sender.touch(stream);
  }

  /** Ends it without regard for its calls, which end with the status. */
  close(status: Status): void {
    for (const stream of this.allStreams()) stream.giveUp(status, "transport");
    this.end(ErrorCode.NO_ERROR, "the transport was closed");
  }

  // For its calls.

  touch(stream: CallStream): void {
    this.sender.touch(stream);
  }

  abandon(stream: CallStream, errorCode: number): void {
    this.sender.drop(stream);
    if (stream.id > 0) {
      this.streams.delete(stream);
      this.receiver.onAbandoned(stream);
      this.resets.add(stream.id, errorCode);
      // The peer works on calls that wait to be reset. Another connection has resets to spend; this one ends with its calls.
      if (this.resets.size > 0) this.retire();
    }
    this.release();
  }

  complete(stream: CallStream): void {
    this.sender.drop(stream);
    this.streams.delete(stream);
    const { request, id } = stream;
    if (!request.sentEnd) {
      // The peer wants no more; half a message must not look like the end of one.
      if (request.sent > 0) this.resets.add(id, ErrorCode.CANCEL);
      else {
        this.sender.out.frame(0, FrameType.DATA, Flag.END_STREAM, id);
        this.sender.schedule();
      }
    }
    this.release();
  }

  grant(stream: CallStream, bytes: number): void {
    this.sender.out.shortFrame(FrameType.WINDOW_UPDATE, stream.id, bytes);
    this.sender.schedule();
  }

  // For the sender.

  onOpened(stream: CallStream): void {
    stream.id = this.nextId;
    this.nextId += 2;
    this.streams.add(stream);
    this.receiver.onSent();
  }

  onHeadTooLarge(stream: CallStream): void {
    stream.giveUp(headTooLarge, "transport");
  }

  // For what the peer sends.

  onGoaway(lastId: number, errorCode: number, debug: string): void {
    // A server that ends its session says so once more, with NO_ERROR.
    if (errorCode !== ErrorCode.NO_ERROR || this.state === "ready") {
      this.goawayCode = errorCode;
      this.reason = `the server sent GOAWAY with HTTP/2 error ${errorCode} ${JSON.stringify(debug)}`;
    }
    this.retire();
    for (const stream of this.streams.all()) {
      if (stream.id <= lastId) continue;
      this.streams.delete(stream);
      if (!this.displace(stream)) this.lose(stream);
      this.release();
    }
  }

  /** Gives a call that the peer has not worked on back to the pool; false where it cannot move. */
  displace(stream: CallStream): boolean {
    if (stream.moves >= maxMoves || !stream.rewind()) return false;
    stream.moves += 1;
    this.owner.onDisplaced(stream);
    return true;
  }

  onFirstSettings(): void {
    clearTimeout(this.settingsTimer);
    this.state = "ready";
    this.sender.isOpen = true;
    this.lifetime = new Lifetime(this, this.settings);
    this.owner.onReady(this);
  }

  onRoom(): void {
    this.owner.onRoom(this);
  }

  onPong(): void {
    this.lifetime?.onPong();
  }

  release(): void {
    this.liveCalls -= 1;
    if (this.state === "ready") this.owner.onRoom(this);
    else if (this.state === "retired" && this.liveCalls === 0) {
      this.end(ErrorCode.NO_ERROR, this.reason);
    }
  }

  // For the socket.

  onConnected(socket: Socket): void {
    this.sender.socket = socket;
    socket.on("drain", () => this.sender.onDrain());
    writePreface(this.sender.out, CONNECTION_WINDOW_BYTES - DEFAULT_WINDOW_BYTES);
    this.sender.flush();
    const { connectTimeoutMs } = this.settings;
    this.settingsTimer = setTimeout(
      () => this.fail(`no SETTINGS within ${connectTimeoutMs} ms`),
      connectTimeoutMs,
    );
  }

  onRead(length: number, bytes: Buffer): void {
    if (this.state === "closed") return;
    this.receivedBytes += length;
    const { sender } = this;
    const wasScheduled = sender.isScheduled;
    try {
      this.reader.feed(bytes, length);
    } catch (error) {
      const isTheirs = error instanceof ConnectionError;
      const code = isTheirs ? error.errorCode : ErrorCode.INTERNAL_ERROR;
      this.end(
        code,
        `${isTheirs ? "the server broke HTTP/2" : "failed"}: ${(error as Error).message}`,
      );
      return;
    }
    // What calls did because of what came leaves with it.
    if (!wasScheduled && sender.isScheduled) sender.flush();
  }

  onClosed(error: Error | undefined): void {
    this.end(ErrorCode.NO_ERROR, error?.message ?? this.reason);
  }

  // For the clock.

  ping(): void {
    this.sender.out.ping();
    this.sender.schedule();
  }

  retire(): void {
    if (this.state !== "ready") return;
    this.state = "retired";
    const unopened = this.sender.takeUnopened();
    this.liveCalls -= unopened.length;
    this.owner.onRetired(this);
    for (const stream of unopened) if (!this.displace(stream)) this.lose(stream);
    if (this.liveCalls === 0) this.end(ErrorCode.NO_ERROR, this.reason);
  }

  fail(reason: string): void {
    this.end(ErrorCode.NO_ERROR, reason);
  }

  private lose(stream: CallStream): void {
    const status =
      this.goawayCode === ErrorCode.ENHANCE_YOUR_CALM ? upstreamRefused : connectionLost;
    stream.onReset(status, "transport", this.reason);
  }

  private allStreams(): CallStream[] {
    return [...this.streams.all(), ...this.sender.takeUnopened()];
  }

  private end(errorCode: number, reason: string): void {
    if (this.state === "closed") return;
    const wasOpen = this.state !== "opening";
    this.state = "closed";
    this.reason = reason;
    this.reader.stop();
    clearTimeout(this.settingsTimer);
    this.lifetime?.close();
    this.resets.close();
    const streams = this.streams.all();
    const unopened = this.sender.takeUnopened();
    if (wasOpen && this.sender.socket?.writable) {
      this.sender.out.goaway(errorCode);
      this.sender.isOpen = false;
      this.sender.flush();
    }
    this.sender.close();
    this.destroySocket();
    this.owner.onClosed(this, `${addressText(this.address)}: ${reason}`);
    for (const stream of unopened) if (!this.displace(stream)) this.lose(stream);
    for (const stream of streams) this.lose(stream);
  }
}

const headTooLarge = transportStatus(
  Code.RESOURCE_EXHAUSTED,
  "the request's metadata is larger than the upstream takes",
);
