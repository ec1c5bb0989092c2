/** Something that ends at a point in time; it stands in at most one wheel. */
export interface Expiring {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  onDeadline(): void;
  /** The wheel's own. */
  previous: Expiring | undefined;
  next: Expiring | undefined;
  slot: number;
}

const tickMs = 4;
const slots = 8_192;
// The longest delay of setTimeout.
const maxDelayMs = 2 ** 31 - 1;

/**
 * Deadlines without a timer for each: lists by time, and one timer for the earliest. Entering and leaving
 * cost a few assignments. Later than a turn of the wheel (33 s), an entry waits in its slot for its turn.
 */
export class DeadlineWheel {
  private readonly lists: (Expiring | undefined)[] = new Array(slots).fill(undefined);
  private size = 0;
  private timer: NodeJS.Timeout | undefined;
  /** When the timer fires. */
  private firesAt = Number.POSITIVE_INFINITY;
  private tick = 0;

  /** Calls `onDeadline` at its time or up to some milliseconds later, never before. */
  add(entry: Expiring): void {
    const { expiresAt } = entry;
    if (expiresAt === Number.POSITIVE_INFINITY) return;
    if (this.size === 0) this.tick = Math.floor(Date.now() / tickMs);
    this.size += 1;
    const tick = Math.max(Math.ceil(expiresAt / tickMs), this.tick + 1);
    const slot = tick % slots;
    const head = this.lists[slot];
    entry.slot = slot;
    entry.previous = undefined;
    entry.next = head;
    if (head !== undefined) head.previous = entry;
    this.lists[slot] = entry;
    if (tick * tickMs < this.firesAt) this.arm(tick * tickMs);
  }

  /** Does nothing to an entry that is not there. */
  delete(entry: Expiring): void {
    if (entry.slot < 0) return;
    if (entry.previous === undefined) this.lists[entry.slot] = entry.next;
    else entry.previous.next = entry.next;
    if (entry.next !== undefined) entry.next.previous = entry.previous;
    entry.previous = entry.next = undefined;
    entry.slot = -1;
    this.size -= 1;
  }

  /** Stops the timer; nothing expires any more. */
  close(): void {
    clearTimeout(this.timer);
  }

  private arm(at: number): void {
    clearTimeout(this.timer);
    this.firesAt = at;
    const delay = Math.min(Math.max(1, Math.ceil(at - Date.now())), maxDelayMs);
    // Sockets hold the process; a deadline alone does not.
    this.timer = setTimeout(() => this.turn(), delay).unref();
  }

  /** Ends what is due, and arms the timer for the next. */
  private turn(): void {
    this.firesAt = Number.POSITIVE_INFINITY;
    const now = Date.now();
    const until = Math.floor(now / tickMs);
    // After a long pause, each list is looked at once.
    const from = Math.max(this.tick + 1, until - slots + 1);
    this.tick = until;
    for (let tick = from; tick <= until; tick += 1) this.expire(tick % slots, now);
    if (this.size > 0) this.arm(this.earliest(until));
  }

  private expire(slot: number, now: number): void {
    let entry = this.lists[slot];
    while (entry !== undefined) {
      const { next }: Expiring = entry;
      if (entry.expiresAt <= now) {
        this.delete(entry);
        entry.onDeadline();
      }
      // What a deadline's end ends as well has left the list.
      entry = next === undefined || next.slot === slot ? next : this.lists[slot];
    }
  }

  /** When the first list with entries is due; those of a later turn are then passed over. */
  private earliest(tick: number): number {
    for (let ahead = 1; ahead <= slots; ahead += 1) {
      if (this.lists[(tick + ahead) % slots] !== undefined) return (tick + ahead) * tickMs;
    }
    return Number.POSITIVE_INFINITY;
  }
}
