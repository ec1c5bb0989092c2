import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";

/**
 * Calls back whenever something in a directory may have changed, and every `pollMs`: a watch of the system loses events,
 * and one of a directory that was replaced is dead. The directory is watched and not the file: a watch of a file is over
 * once the file is renamed, and sees nothing of a symbolic link that is swapped, as Kubernetes does. Keeps no process
 * alive.
 */
export class DirectoryWatch {
  readonly #path: string;
  readonly #onEvent: () => void;
  readonly #poll: NodeJS.Timeout;
  #watcher: FSWatcher | undefined;
  /** Which directory is watched. */
  #identity = "";
  #isClosed = false;

  constructor(path: string, onEvent: () => void, pollMs: number) {
    this.#path = path;
    this.#onEvent = onEvent;
    this.#poll = setInterval(() => void this.#check(), pollMs);
    this.#poll.unref();
    void this.#check();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#poll);
    this.#watcher?.close();
  }

  async #check(): Promise<void> {
    const identity = await stat(this.#path).then(
      ({ dev, ino }) => `${dev}:${ino}`,
      () => "",
    );
    if (this.#isClosed) return;
    if (identity !== this.#identity) this.#open(identity);
    this.#onEvent();
  }

  #open(identity: string): void {
    this.#forget();
    if (identity === "") return;
    try {
      this.#watcher = watch(this.#path, { persistent: false }, (kind, name) => {
        this.#onEvent();
        // The directory itself may be gone.
        if (kind === "rename" && name !== null && this.#path.endsWith(name)) void this.#check();
      });
      this.#watcher.on("error", () => this.#forget());
      this.#identity = identity;
    } catch {
      // As when the system has no watches left: the poll still sees what changes.
    }
  }

  #forget(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#identity = "";
  }
}
