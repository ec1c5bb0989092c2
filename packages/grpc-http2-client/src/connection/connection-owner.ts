import type { CallStream } from "../stream/call-stream.ts";

/** What a connection tells the pool that it is of. */
export interface ConnectionOwner<Connection> {
  /** The peer has sent its SETTINGS. */
  onReady(connection: Connection): void;
  /** There may be room for more calls. */
  onRoom(connection: Connection): void;
  /** It takes no more calls. */
  onRetired(connection: Connection): void;
  /** Last, and once. */
  onClosed(connection: Connection, reason: string): void;
  /** The peer has surely not worked on the call, which may go elsewhere. */
  onDisplaced(stream: CallStream): void;
}
