/** Something that may stand in one {@link LiveList}, with its place there, -1 for none. */
export interface Placed {
  place: number;
}

/**
 * What is open at present, in no order. An array with places, not a Set: a Set that is added to and deleted from in
 * turn leaves a chain of old tables, through which the garbage collector keeps what was deleted (measured: it
 * makes a call in this process four times as dear, a native gRPC call by a quarter).
 */
export class LiveList<T extends Placed> implements Iterable<T> {
  private readonly items: T[] = [];

  get size(): number {
    return this.items.length;
  }

  add(item: T): void {
    item.place = this.items.length;
    this.items.push(item);
  }

  /** Does nothing to an item that is not there. */
  delete(item: T): void {
    if (item.place < 0) return;
    const last = this.items.pop();
    if (last !== undefined && last !== item) {
      this.items[item.place] = last;
      last.place = item.place;
    }
    item.place = -1;
  }

  /** The items of this moment: deleting on the way is safe. */
  [Symbol.iterator](): Iterator<T> {
    return [...this.items].values();
  }
}
