import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { type CompiledSource, compileSource, type FileSource } from "./compile-source.ts";

// A thread takes some ten MB, and a moment to start: it stays while there is work.
const idleMs = 10_000;

interface Answer {
  readonly compiled?: CompiledSource;
  readonly failure?: string;
}

let thread: Worker | undefined;
let idle: NodeJS.Timeout | undefined;
let turn: Promise<unknown> = Promise.resolve();

/** Compiles a source in another thread, so that this one goes on serving; one source after the other. */
export function compileElsewhere(source: FileSource): Promise<CompiledSource> {
  const compiled = turn.then(() => compileNext(source));
  turn = compiled.catch(() => {});
  return compiled;
}

async function compileNext(source: FileSource): Promise<CompiledSource> {
  clearTimeout(idle);
  try {
    thread ??= await startThread();
  } catch {
    // As where a bundler has made one file of everything: there is no file to start a thread with.
    return compileSource(source);
  }
  thread.postMessage(source);
  const { compiled, failure } = await answerOf(thread);
  idle = setTimeout(endThread, idleMs);
  idle.unref();
  if (compiled === undefined) throw new Error(failure);
  return compiled;
}

async function startThread(): Promise<Worker> {
  const started = isSource
    ? new Worker(fromSource(new URL("./compile-worker.ts", import.meta.url)), { eval: true })
    : new Worker(new URL("./compile-worker.js", import.meta.url));
  started.unref();
  // Of one that ends while nobody waits for it, too.
  started.on("error", () => {});
  started.once("exit", () => {
    if (thread === started) thread = undefined;
  });
  await answerOf(started);
  return started;
}

/** Rejects where the thread ends instead. */
async function answerOf(worker: Worker): Promise<Answer> {
  const settled = new AbortController();
  const { signal } = settled;
  const ended = once(worker, "exit", { signal }).then(([code]) => {
    throw new Error(`the thread that compiles has ended with ${code}`);
  });
  try {
    const message = once(worker, "message", { signal });
    const [answer] = (await Promise.race([message, ended])) as [Answer];
    return answer;
  } finally {
    settled.abort();
  }
}

const isSource = import.meta.url.endsWith(".ts");

/** Tests run from source by tsx, which threads must be told of. */
function fromSource({ href }: URL): string {
  return `import("tsx/esm/api").then(({ register }) => {
    register();
    return import(${JSON.stringify(href)});
  });`;
}

function endThread(): void {
  void thread?.terminate();
  thread = undefined;
}
