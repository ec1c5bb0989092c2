import { Code } from "./code.ts";

/**
 * Keeps the next Error from capturing its stack, unless the code says that something broke. A status
 * that was meant is an answer, not a bug, and its stack would cost more than the rest of the answer
 * (measured: 12 of 40 us). Returns the function that restores the limit.
 */
export function omitStackTrace(code: Code): () => void {
  if (code === Code.UNKNOWN || code === Code.INTERNAL || code === Code.DATA_LOSS) return keep;
  const limit = Error.stackTraceLimit;
  // Under --frozen-intrinsics the limit cannot be changed, and the stack is captured.
  if (!Reflect.set(Error, "stackTraceLimit", 0)) return keep;
  return () => {
    Error.stackTraceLimit = limit;
  };
}

function keep(): void {}
