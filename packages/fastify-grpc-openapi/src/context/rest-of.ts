import type { HttpBinding, RestRule } from "grpc-transcoding";
import type { DocumentContext } from "./document-context.ts";

/** What a method's requests and answers are beyond its http rules: as the gateway serves it, else as declared. */
export function restOf({ method }: HttpBinding, { source }: DocumentContext): RestRule {
  return source.restOf?.(method) ?? method.rest;
}
