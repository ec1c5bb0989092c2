import { parentPort } from "node:worker_threads";
import { compileSource, type FileSource } from "./compile-source.ts";

// Compiles sources that it is sent, one after the other, and answers each.
parentPort?.on("message", (source: FileSource) => {
  try {
    parentPort?.postMessage({ compiled: compileSource(source) });
  } catch (error) {
    parentPort?.postMessage({ failure: (error as Error).message });
  }
});
parentPort?.postMessage({});
