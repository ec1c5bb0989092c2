import type { CallStream } from "../stream/call-stream.ts";
import type { StreamHost } from "../stream/stream-host.ts";

/** Calls that wait for a connection, in the order in which they came. */
export class WaitingCalls implements StreamHost<CallStream> {
  private readonly calls = new Set<CallStream>();

  get size(): number {
    return this.calls.size;
  }

  add(stream: CallStream): void {
    stream.host = this;
    this.calls.add(stream);
  }

  /** The first, which waits no longer. */
  shift(): CallStream | undefined {
    for (const stream of this.calls) {
      this.calls.delete(stream);
      return stream;
    }
    return undefined;
  }

  /** All of this moment, which still wait. */
  all(): CallStream[] {
    return [...this.calls];
  }

  touch(): void {}

  abandon(stream: CallStream): void {
    this.calls.delete(stream);
  }

  complete(stream: CallStream): void {
    this.calls.delete(stream);
  }

  grant(): void {}
}
