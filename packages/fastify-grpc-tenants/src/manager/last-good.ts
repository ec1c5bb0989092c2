import { open, readFile, rename, rm } from "node:fs/promises";
import { contentRevision } from "../source/file-source.ts";
import type { SourceDocument } from "../source/policy-source.ts";

/**
 * The latest document that became effective, kept for a start while its source is away. Only the app's user may read it:
 * it says where upstreams are.
 */
export class LastGood {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Undefined where there is none. */
  async read(): Promise<SourceDocument | undefined> {
    const text = await readFile(this.#path, "utf8").catch(() => undefined);
    return text === undefined ? undefined : { text, revision: contentRevision(text) };
  }

  /** Writes it as a whole or not at all, whenever the machine stops. */
  async write(text: string): Promise<void> {
    const path = `${this.#path}.${process.pid}.new`;
    try {
      const file = await open(path, "w", 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(path, this.#path);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }
}
