import { quote } from "grpc-transcoding/internal";
import { FST_GRPC_ERRORS_METHOD } from "../errors.ts";
import type { MethodPattern } from "./rule.ts";

const shape = /^(?:\w+\.)*(?:\w+\/(?:\w+|\*)|\*)$/;

/** Reads `"acme.v1.Library/GetBook"`, `"acme.v1.Library/*"` or `"acme.v1.*"`. */
export function readMethodPattern(value: unknown, path: string): MethodPattern {
  if (typeof value !== "string" || !shape.test(value) || value === "*") {
    throw new FST_GRPC_ERRORS_METHOD(
      path,
      quote(value),
      'give a method as "acme.v1.Library/GetBook", or a prefix as "acme.v1.Library/*" or "acme.v1.*"',
    );
  }
  const exact = !value.endsWith("*");
  return { text: value, exact, prefix: exact ? value : value.slice(0, -1) };
}
