/** All masks that are kept, by the characters that clients wrote: what is compiled grows with them. */
const maxCharacters = 1 << 16;

/** What a mask takes whose text is short. */
const leastCharacters = 64;

/**
 * Compiled masks of all routes of a gateway, those used last: clients of an app send few of them, and a hostile one many to
 * every route.
 */
export class KeptMasks<T> {
  private readonly kept = new Map<string, T>();
  private characters = 0;
  private routes = 0;

  /** A route's own: finds a mask by its text, or compiles it. */
  ofRoute(compile: (text: string) => T): (text: string) => T {
    this.routes += 1;
    const route = `${this.routes} `;
    return (text) => {
      const key = route + text;
      const known = this.kept.get(key);
      const mask = known ?? compile(text);
      if (known === undefined) this.characters += costOf(key);
      else this.kept.delete(key);
      this.kept.set(key, mask);
      this.forgetOldest();
      return mask;
    };
  }

  private forgetOldest(): void {
    for (const key of this.kept.keys()) {
      if (this.characters <= maxCharacters) return;
      this.kept.delete(key);
      this.characters -= costOf(key);
    }
  }
}

function costOf(key: string): number {
  return Math.max(key.length, leastCharacters);
}
