import type { DescMethod } from "@bufbuild/protobuf";
import { isHttpBody } from "../response/http-body.ts";
import { fullName, type OptionContext, readOption } from "./read-option.ts";
import { declarationProblem } from "./schema-error.ts";

/** `fastify.grpc.v1.MethodRule` by the registry's own descriptors: the user's copy of the file may be older than ours. */
interface Rule {
  readonly stream?: { readonly ranges?: unknown };
}

/**
 * Whether a method declares by `(fastify.grpc.v1.method).stream.ranges` that it answers `Range`. On a method that
 * answers no google.api.HttpBody it is a problem.
 */
export function declaresRanges(method: DescMethod, context: OptionContext): boolean {
  const rule = readOption(method, "fastify.grpc.v1.method", context);
  const { stream } = Object(rule) as Rule;
  if (Object(stream).ranges !== true) return false;
  const { output } = method;
  if (isHttpBody(output) || output.fields.some((field) => isHttpBody(field.message))) return true;
  const what = `(fastify.grpc.v1.method).stream.ranges: the response is no google.api.HttpBody`;
  context.report(declarationProblem(fullName(method), context.location, what));
  return false;
}
