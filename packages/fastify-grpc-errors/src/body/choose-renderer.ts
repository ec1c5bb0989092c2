import type { ErrorBodyFormat } from "grpc-transcoding";
import { acceptsProblem } from "./accept-problem.ts";
import type { ErrorRenderer } from "./error-body.ts";
import { renderGoogle } from "./google-body.ts";
import { renderProblem } from "./problem-body.ts";
import { renderStatus } from "./status-body.ts";

/** How a table's bodies are made, and what their choice depends on. */
export interface ChosenRenderer {
  readonly render: ErrorRenderer;
  readonly formats: readonly ErrorBodyFormat[];
  /** Request headers that the body depends on, for `vary`. */
  readonly vary: readonly string[];
}

/** The renderer of a `body` option; a renderer of the app's own comes before all. */
export function chooseRenderer(
  body: ErrorBodyFormat | "auto",
  own: ErrorRenderer | undefined,
): ChosenRenderer {
  const formats: readonly ErrorBodyFormat[] = body === "auto" ? ["status", "problem"] : [body];
  if (own !== undefined) return { render: own, formats, vary: [] };
  switch (body) {
    case "status":
      return { render: renderStatus, formats, vary: [] };
    case "google":
      return { render: renderGoogle, formats, vary: [] };
    case "problem":
      return { render: renderProblem, formats, vary: [] };
    case "auto":
      return {
        render: (answer) =>
          acceptsProblem(answer.context.accept) ? renderProblem(answer) : renderStatus(answer),
        formats,
        vary: ["accept"],
      };
  }
}
