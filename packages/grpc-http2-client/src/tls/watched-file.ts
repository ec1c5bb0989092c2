import { readFileSync, statSync } from "node:fs";

/** A file that may be replaced at any time. */
export class WatchedFile {
  private readonly path: string;
  private stamp = "";
  private content: Buffer | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * Its content of this moment, the same Buffer while it has not changed. Throws where it was never readable; later, the
   * last content stands in for a file that is being replaced.
   */
  read(): Buffer {
    try {
      const { mtimeMs, size, ino } = statSync(this.path);
      const stamp = `${mtimeMs} ${size} ${ino}`;
      if (this.content === undefined || stamp !== this.stamp) {
        this.content = readFileSync(this.path);
        this.stamp = stamp;
      }
    } catch (error) {
      if (this.content === undefined) throw error;
    }
    return this.content;
  }
}
