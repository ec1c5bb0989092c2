import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { DirectoryWatch } from "./directory-watch.ts";
import {
  asError,
  missingDocument,
  type PolicySource,
  type SourceDocument,
} from "./policy-source.ts";
import { settled } from "./settled.ts";

/** Options of {@link fileSource}. */
export interface FileSourceOptions {
  /** How often the file is looked at beside the watch of its directory. @default 5000 */
  readonly pollMs?: number;
  /** How long nothing must happen to the file before it is read. A writer that pauses for longer is not waited for. @default 50 */
  readonly quietMs?: number;
}

// Whoever writes all the time is read in between.
const mostMs = 500;

/** A document in a file of this machine. It is trusted: who writes it may as well write the app. */
export function fileSource(path: string, options: FileSourceOptions = {}): PolicySource {
  const { pollMs = 5_000, quietMs = 50 } = options;
  const absolute = resolve(path);
  const load = () => readDocument(absolute, path);
  return {
    name: path,
    trusted: true,
    load,
    watch(onChange, onError) {
      let isClosed = false;
      let last = "";
      let reading: Promise<void> = Promise.resolve();
      const tell = (state: string, callback: () => void): void => {
        if (isClosed || state === last) return;
        last = state;
        callback();
      };
      const read = async (): Promise<void> => {
        try {
          const document = await load();
          tell(document.revision, () => onChange(document));
        } catch (error) {
          tell(String(error), () => onError(asError(error)));
        }
      };
      const burst = settled(
        () => {
          // One after the other: the last one read is the last one told.
          reading = reading.then(read);
        },
        quietMs,
        mostMs,
      );
      const directory = new DirectoryWatch(dirname(absolute), burst.poke, pollMs);
      return {
        async close() {
          isClosed = true;
          directory.close();
          burst.close();
          await reading;
        },
      };
    },
  };
}

async function readDocument(absolute: string, path: string): Promise<SourceDocument> {
  try {
    const text = await readFile(absolute, "utf8");
    return { text, revision: contentRevision(text) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw missingDocument(path, "the file");
    throw error;
  }
}

/** The revision of a document whose source has none: a part of its hash. */
export function contentRevision(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
