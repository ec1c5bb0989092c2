import { Code } from "grpc-transcoding";
import type { Rule } from "./rule.ts";

/**
 * The rules under all others. `google` is the canonical table alone. `rest` tells input that is
 * malformed (400) from input that is understood and refused (422, RFC 9110 §15.5.21).
 */
export const presets: Readonly<Record<"google" | "rest", readonly Rule[]>> = {
  google: [],
  rest: [
    {
      path: "preset rest",
      preset: true,
      code: Code.INVALID_ARGUMENT,
      detail: "google.rpc.BadRequest",
      outcome: { status: 422 },
    },
    {
      path: "preset rest",
      preset: true,
      code: Code.FAILED_PRECONDITION,
      outcome: { status: 422 },
    },
  ],
};
