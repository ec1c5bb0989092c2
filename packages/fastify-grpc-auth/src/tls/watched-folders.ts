import { type FSWatcher, watch } from "node:fs";
import { dirname } from "node:path";

// Files are written one after the other: a change is looked at when all is quiet.
const quietMs = 100;

/**
 * Tells when files may have changed, by the folders that they stand in: a file that is replaced, by a rename or by a
 * symbolic link of Kubernetes' (`..data`), is another file to whoever watches the old one. Looks by itself as well, since
 * not every file system tells. Keeps no process alive.
 */
export class WatchedFolders {
  readonly #folders: ReadonlySet<string>;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #onChange: () => void;
  readonly #poll: NodeJS.Timeout;
  #quiet: NodeJS.Timeout | undefined;

  constructor(files: readonly string[], pollMs: number, onChange: () => void) {
    this.#folders = new Set(files.map((file) => dirname(file)));
    this.#onChange = onChange;
    this.#watch();
    this.#poll = setInterval(() => {
      this.#watch();
      onChange();
    }, pollMs).unref();
  }

  close(): void {
    clearInterval(this.#poll);
    clearTimeout(this.#quiet);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  /** Watches those that are not watched: a folder may come later, or go and come again. */
  #watch(): void {
    for (const folder of this.#folders) {
      if (this.#watchers.has(folder)) continue;
      try {
        const watcher = watch(folder, { persistent: false }, () => this.#changed());
        const forget = (): void => {
          watcher.close();
          this.#watchers.delete(folder);
        };
        watcher.on("error", forget);
        this.#watchers.set(folder, watcher);
      } catch {
        // It is looked at all the same.
      }
    }
  }

  #changed(): void {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(this.#onChange, quietMs).unref();
  }
}
