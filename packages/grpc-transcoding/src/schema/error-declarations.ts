import type { DescMethod, DescService, FileRegistry } from "@bufbuild/protobuf";
import { Code, codeName } from "../model/code.ts";
import type { ErrorDeclaration, SourceLocation } from "../model/schema.ts";
import { fullName, readOption } from "./read-option.ts";
import { declarationProblem, type ReportProblem } from "./schema-error.ts";

/** AIP-193: what `google.rpc.ErrorInfo.reason` must match. */
const reasonPattern = /^[A-Z][A-Z0-9_]{0,61}[A-Z0-9]$/;

/**
 * `fastify.grpc.v1.MethodRule` and `ServiceRule` as decoded by the registry's own descriptors. Every
 * field may be absent: the user's copy of the file may be older than ours.
 */
interface Rule {
  readonly errors?: readonly Partial<RawDeclaration>[];
}

interface RawDeclaration extends Omit<ErrorDeclaration, "code"> {
  readonly code: number;
}

/**
 * The failures declared on a service by `(fastify.grpc.v1.service)`, or on a method by
 * `(fastify.grpc.v1.method)` (fastify/grpc/v1/annotations.proto), in source order. A declaration
 * that no error table could use is a problem, and left out.
 */
export function readErrorDeclarations(
  element: DescMethod | DescService,
  registry: FileRegistry,
  location: SourceLocation | undefined,
  report: ReportProblem,
): readonly ErrorDeclaration[] {
  const declarations: ErrorDeclaration[] = [];
  const service = element.kind === "rpc" ? element.parent : element;
  const option = `fastify.grpc.v1.${element.kind === "rpc" ? "method" : "service"}`;
  const context = { registry, location, report };
  const rule = readOption(element, option, context);
  if (rule === undefined) return declarations;
  if (!isRule(rule)) {
    const what = `(${option}): the descriptors declare it otherwise than fastify/grpc/v1/annotations.proto; leave that file to this package`;
    report(declarationProblem(fullName(element), location, what));
    return declarations;
  }
  const named = readOption(service, "google.api.default_host", context);
  const host = typeof named === "string" ? named : "";
  for (const [i, raw] of (rule.errors ?? []).entries()) {
    const wrong = whatIsWrong(raw);
    if (wrong === undefined) {
      declarations.push({
        code: codeName(raw.code ?? Code.UNKNOWN),
        reason: raw.reason ?? "",
        // AIP-193: the domain of an API's own reasons is its service name.
        domain: raw.domain || (raw.reason ? host : ""),
        message: raw.message ?? "",
        details: raw.details ?? [],
        detailTypes: raw.detailTypes ?? [],
        httpStatus: raw.httpStatus ?? 0,
        retryable: raw.retryable ?? false,
      });
    } else {
      report(declarationProblem(fullName(element), location, `(${option}).errors[${i}].${wrong}`));
    }
  }
  return declarations;
}

/** The types of fields in the user's copy of the file, which may lack some. */
const sample: RawDeclaration = {
  code: 0,
  reason: "",
  domain: "",
  message: "",
  details: [""],
  detailTypes: [""],
  httpStatus: 0,
  retryable: false,
};

function isRule(rule: unknown): rule is Rule {
  const { errors = [] } = Object(rule) as { errors?: unknown };
  return (
    typeof rule === "object" && isList(errors, (one) => typeof one === "object" && isLike(one))
  );
}

function isLike(raw: object | null): boolean {
  const values = Object(raw) as Readonly<Record<string, unknown>>;
  return Object.entries(sample).every(([key, like]) => {
    const value = values[key];
    if (value === undefined) return true;
    return Array.isArray(like)
      ? isList(value, (item) => typeof item === "string")
      : typeof value === typeof like;
  });
}

function isList(value: unknown, test: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(test);
}

function whatIsWrong(raw: Partial<RawDeclaration>): string | undefined {
  const { code = Code.OK, reason = "", httpStatus = 0 } = raw;
  if (code === Code.OK) return "code: is missing, or OK; name the failure, for example NOT_FOUND";
  if (code < 0 || code > Code.UNAUTHENTICATED) return `code: ${code} is no google.rpc.Code`;
  if (reason !== "" && !reasonPattern.test(reason)) {
    return `reason: ${JSON.stringify(reason)} is not UPPER_SNAKE_CASE of at most 63 characters (AIP-193)`;
  }
  if (httpStatus !== 0 && (httpStatus < 400 || httpStatus > 599)) {
    return `http_status: ${httpStatus} is not from 400 to 599; 0 leaves it to the error table`;
  }
  return undefined;
}
