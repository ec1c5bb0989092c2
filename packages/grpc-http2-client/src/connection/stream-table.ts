import type { CallStream } from "../stream/call-stream.ts";

const ringSize = 256;

/**
 * The open streams of a connection by id. Ids rise by two, so most streams stand in a ring by their id alone; one that
 * outlives a turn of the ring goes to a map.
 */
export class StreamTable {
  size = 0;
  private readonly ring: (CallStream | undefined)[] = new Array(ringSize).fill(undefined);
  private readonly elders = new Map<number, CallStream>();

  add(stream: CallStream): void {
    const place = placeOf(stream.id);
    const elder = this.ring[place];
    if (elder !== undefined) this.elders.set(elder.id, elder);
    this.ring[place] = stream;
    this.size += 1;
  }

  get(id: number): CallStream | undefined {
    const stream = this.ring[placeOf(id)];
    if (stream !== undefined && stream.id === id) return stream;
    return this.elders.size === 0 ? undefined : this.elders.get(id);
  }

  /** Does nothing to a stream that is not there. */
  delete(stream: CallStream): void {
    const place = placeOf(stream.id);
    if (this.ring[place] === stream) {
      this.ring[place] = undefined;
      this.size -= 1;
    } else if (this.elders.delete(stream.id)) this.size -= 1;
  }

  /** The streams of this moment, the oldest first. */
  all(): CallStream[] {
    const streams = [...this.elders.values()];
    for (const stream of this.ring) if (stream !== undefined) streams.push(stream);
    return streams.sort((a, b) => a.id - b.id);
  }
}

function placeOf(id: number): number {
  return (id >>> 1) % ringSize;
}
