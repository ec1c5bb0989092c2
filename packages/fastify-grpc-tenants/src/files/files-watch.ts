import { type FSWatcher, watch } from "node:fs";
import { settled } from "../source/settled.ts";
import { findFiles, statSignature } from "./file-tree.ts";

const quietMs = 100;
// Whoever writes all the time is read in between.
const mostMs = 500;

/**
 * Calls back when files below some paths may have changed. Their directories are watched, and looked through every
 * `pollMs`, since a watch of the system may lose events or not be had. Keeps no process alive.
 */
export class FilesWatch {
  readonly #onChange: () => void;
  readonly #poll: NodeJS.Timeout;
  readonly #burst = settled(() => this.#checkNext(), quietMs, mostMs);
  readonly #watchers = new Map<string, FSWatcher>();
  #paths: readonly string[] = [];
  #signature: string | undefined;
  #checking: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(onChange: () => void, pollMs: number) {
    this.#onChange = onChange;
    this.#poll = setInterval(() => this.#checkNext(), pollMs);
    this.#poll.unref();
  }

  /** Other paths; calls back once they are watched, for what has changed until then. */
  watch(paths: readonly string[]): void {
    const sorted = [...new Set(paths)].sort();
    if (sorted.join("\n") === this.#paths.join("\n")) return;
    this.#paths = sorted;
    this.#signature = undefined;
    this.#checkNext();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#poll);
    this.#burst.close();
    await this.#checking;
    this.#watchOnly([]);
  }

  #checkNext(): void {
    this.#checking = this.#checking.then(() => this.#check());
  }

  async #check(): Promise<void> {
    if (this.#isClosed) return;
    const paths = this.#paths;
    const tree = await findFiles(paths);
    if (this.#isClosed || paths !== this.#paths) return;
    // Watched first: what changes behind the look is told by an event.
    this.#watchOnly(tree.directories);
    const signature = await statSignature(tree);
    if (this.#isClosed || paths !== this.#paths || signature === this.#signature) return;
    this.#signature = signature;
    this.#onChange();
  }

  #watchOnly(directories: readonly string[]): void {
    const wanted = new Set(directories);
    for (const [directory, watcher] of this.#watchers) {
      if (wanted.has(directory)) continue;
      this.#watchers.delete(directory);
      watcher.close();
    }
    for (const directory of wanted) {
      if (!this.#watchers.has(directory)) this.#open(directory);
    }
  }

  #open(directory: string): void {
    try {
      const watcher = watch(directory, { persistent: false }, this.#burst.poke);
      this.#watchers.set(directory, watcher);
      const forget = (): void => {
        if (this.#watchers.get(directory) === watcher) this.#watchers.delete(directory);
      };
      watcher.on("error", () => {
        forget();
        watcher.close();
      });
      watcher.on("close", forget);
    } catch {
      // It is gone, or the system has no watches left: the poll sees what comes.
    }
  }
}
